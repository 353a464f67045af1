// A picture as the codes of a model, in a file of a few dozen bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace latent {

/// Such a file: "LtC" and a version, the fingerprint, width and height of 16 bits each, the
/// payload, and the CRC-32 of all that; numbers have their lowest byte first. It holds no name.
struct CodeFile {
  std::string fingerprint;  // kFingerprintBytes of what made it
  int64_t width = 0, height = 0;
  std::string payload;
};

constexpr size_t kFingerprintBytes = 6;
/// Bytes of a file besides the payload.
constexpr size_t kCodeFileOverhead = 4 + kFingerprintBytes + 4 + 4;
constexpr size_t kLargestCodeFile = size_t{1} << 20;

/// Returns the file's bytes. width, height: below 65536.
std::string code_file_bytes(const CodeFile& file);

/// Reads them. where: begins the Error's message. Throws Error for another kind of file, a newer
/// version, and for bytes that were cut or changed.
CodeFile parse_code_file(std::string_view bytes, const std::string& where);

}  // namespace latent
