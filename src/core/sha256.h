// SHA-256, which identifies files and networks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace latent {

/// A digest of bytes that come piece by piece. Source: FIPS 180-4.
class Sha256 {
 public:
  void add(const void* data, size_t bytes);
  void add(std::string_view text) { add(text.data(), text.size()); }
  /// Returns 64 hexadecimal digits. Call it once, after the last piece.
  std::string hex();

 private:
  void block(const uint8_t* bytes);

  std::array<uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> pending_{};
  size_t held_ = 0;     // bytes in pending_
  uint64_t bytes_ = 0;  // so far
};

}  // namespace latent
