// The bytes of a text as UTF-8, whatever its encoding.
#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <string>

namespace latent {

/// Reads text byte by byte in bounded memory.
///
/// A byte order mark tells UTF-8 and both kinds of UTF-16 apart and is skipped; without one the
/// bytes are returned as they are. Halves of a UTF-16 pair that stand alone become U+FFFD.
class Utf8Source {
 public:
  static constexpr int kEnd = -1;

  explicit Utf8Source(std::unique_ptr<std::istream> in);

  /// Returns the next byte, 0 to 255, or kEnd.
  int get() {
    return at_ < text_.size() || fill() ? static_cast<unsigned char>(text_[at_++]) : kEnd;
  }
  /// Returns the next byte without reading it.
  int peek() {
    return at_ < text_.size() || fill() ? static_cast<unsigned char>(text_[at_]) : kEnd;
  }
  bool is_utf16() const { return encoding_ != Encoding::kUtf8; }

 private:
  enum class Encoding { kUtf8, kUtf16Little, kUtf16Big };

  /// Reads the next piece; returns false at the end.
  bool fill();
  void convert(const std::string& bytes);
  void add_unit(uint32_t unit);

  std::unique_ptr<std::istream> in_;
  Encoding encoding_ = Encoding::kUtf8;
  std::string text_;  // the piece, in UTF-8
  size_t at_ = 0;
  std::string odd_;       // the first byte of a unit of UTF-16 that the next piece completes
  uint32_t leading_ = 0;  // the first half of a pair; 0: none
};

}  // namespace latent
