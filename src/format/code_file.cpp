#include "format/code_file.h"

#include <c10/util/Exception.h>
#include <zlib.h>

#include "core/error.h"

namespace latent {
namespace {

constexpr std::string_view kMagic = "LtC";
constexpr char kVersion = 1;

void append_number(std::string& bytes, uint32_t value, size_t width) {
  for (size_t i = 0; i < width; ++i)
    bytes += static_cast<char>(static_cast<uint8_t>(value >> (8 * i)));
}

uint32_t number_at(std::string_view bytes, size_t at, size_t width) {
  uint32_t value = 0;
  for (size_t i = 0; i < width; ++i)
    value |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[at + i])) << (8 * i);
  return value;
}

uint32_t checksum(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

std::string code_file_bytes(const CodeFile& file) {
  TORCH_CHECK(file.fingerprint.size() == kFingerprintBytes, "a fingerprint of ",
              file.fingerprint.size(), " bytes");
  TORCH_CHECK(file.width > 0 && file.width < 65536 && file.height > 0 && file.height < 65536,
              "a picture of ", file.width, "x", file.height);
  std::string bytes(kMagic);
  bytes += kVersion;
  bytes += file.fingerprint;
  append_number(bytes, static_cast<uint32_t>(file.width), 2);
  append_number(bytes, static_cast<uint32_t>(file.height), 2);
  bytes += file.payload;
  append_number(bytes, checksum(bytes), 4);
  return bytes;
}

CodeFile parse_code_file(std::string_view bytes, const std::string& where) {
  const auto refuse = [&](const std::string& why) {
    throw Error(where + ": " + why + "; expected a file of latent compress");
  };
  if (!bytes.starts_with(kMagic)) refuse("not a compressed picture");
  if (bytes.size() < kCodeFileOverhead) refuse("cut short");
  if (bytes.size() > kLargestCodeFile) refuse("too large");
  const size_t end = bytes.size() - 4;
  if (number_at(bytes, end, 4) != checksum(bytes.substr(0, end))) refuse("cut short or damaged");
  if (bytes[kMagic.size()] != kVersion) refuse("made by another version of latent");
  const size_t sizes = kMagic.size() + 1 + kFingerprintBytes;
  CodeFile file{.fingerprint = std::string(bytes.substr(kMagic.size() + 1, kFingerprintBytes)),
                .width = number_at(bytes, sizes, 2),
                .height = number_at(bytes, sizes + 2, 2),
                .payload = std::string(bytes.substr(sizes + 4, end - sizes - 4))};
  if (file.width == 0 || file.height == 0) refuse("an empty picture");
  return file;
}

}  // namespace latent
