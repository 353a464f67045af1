// Reading numbers from untrusted bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace latent {

/// The bytes of a file. A read beyond the end returns 0 and is remembered.
class ByteView {
 public:
  explicit ByteView(std::string_view bytes, bool big_endian)
      : bytes_(bytes), big_endian_(big_endian) {}

  uint64_t number(size_t at, int bytes) const {
    if (at > bytes_.size() || bytes_.size() - at < static_cast<size_t>(bytes)) {
      beyond_ = true;
      return 0;
    }
    uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) {
      const auto byte = static_cast<unsigned char>(bytes_[at + static_cast<size_t>(i)]);
      value |= uint64_t{byte} << (8 * (big_endian_ ? bytes - 1 - i : i));
    }
    return value;
  }
  uint64_t u8(size_t at) const { return number(at, 1); }
  uint64_t u16(size_t at) const { return number(at, 2); }
  uint64_t u32(size_t at) const { return number(at, 4); }
  int64_t i32(size_t at) const { return static_cast<int32_t>(number(at, 4)); }

  bool has(size_t at, std::string_view text) const {
    return at <= bytes_.size() && bytes_.substr(at, text.size()) == text;
  }
  /// Returns at most `size` bytes from `at` on.
  std::string_view part(size_t at, size_t size) const {
    return at < bytes_.size() ? bytes_.substr(at, size) : std::string_view();
  }
  size_t size() const { return bytes_.size(); }
  bool read_beyond_end() const { return beyond_; }

 private:
  std::string_view bytes_;
  bool big_endian_;
  mutable bool beyond_ = false;
};

}  // namespace latent
