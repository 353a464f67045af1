#include "format/utf8_source.h"

#include <utility>

namespace latent {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 16;
constexpr uint32_t kStrayHalf = 0xfffd;

void append_code_point(std::string& text, uint32_t code) {
  const auto byte = [&](uint32_t value) { text += static_cast<char>(value); };
  const auto tail = [&](int shift) { byte(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    tail(6);
  } else {
    byte(0xf0 | code >> 18);
    tail(12);
    tail(6);
  }
  tail(0);
}

}  // namespace

Utf8Source::Utf8Source(std::unique_ptr<std::istream> in) : in_(std::move(in)) {
  fill();
  if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
  const bool little = text_.starts_with("\xff\xfe"), big = text_.starts_with("\xfe\xff");
  if (!little && !big) return;
  encoding_ = little ? Encoding::kUtf16Little : Encoding::kUtf16Big;
  const std::string bytes = std::exchange(text_, "").substr(2);
  convert(bytes);
}

bool Utf8Source::fill() {
  at_ = 0;
  text_.clear();
  while (text_.empty()) {
    std::string bytes(kPieceBytes, '\0');
    const std::streamsize count =
        in_->rdbuf()->sgetn(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (count <= 0) {
      if (odd_.empty() && leading_ == 0) return false;
      odd_.clear();
      leading_ = 0;
      append_code_point(text_, kStrayHalf);
      return true;
    }
    bytes.resize(static_cast<size_t>(count));
    if (is_utf16()) {
      convert(odd_ + bytes);
    } else {
      text_ = std::move(bytes);
    }
  }
  return true;
}

void Utf8Source::convert(const std::string& bytes) {
  const size_t low = encoding_ == Encoding::kUtf16Little ? 0 : 1;
  const auto byte = [&](size_t at) {
    return static_cast<uint32_t>(static_cast<unsigned char>(bytes[at]));
  };
  size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2)
    add_unit(byte(at + low) | byte(at + 1 - low) << 8);
  odd_ = bytes.substr(at);
}

void Utf8Source::add_unit(uint32_t unit) {
  const bool second = unit >= 0xdc00 && unit < 0xe000;
  const uint32_t first = std::exchange(leading_, 0);
  if (first != 0 && second) {
    append_code_point(text_, 0x10000 + ((first - 0xd800) << 10) + (unit - 0xdc00));
    return;
  }
  if (first != 0) append_code_point(text_, kStrayHalf);
  if (unit >= 0xd800 && unit < 0xdc00) {
    leading_ = unit;
  } else {
    append_code_point(text_, second ? kStrayHalf : unit);
  }
}

}  // namespace latent
