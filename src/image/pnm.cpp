#include "image/pnm.h"

#include <spdlog/fmt/fmt.h>

#include <cctype>

#include "core/error.h"

namespace latent {
namespace {

constexpr int64_t kLargestNumber = 1 << 30;  // more is no size and no value
constexpr int64_t kLargestTop = 65535;

bool is_space(char letter) { return std::isspace(static_cast<unsigned char>(letter)) != 0; }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// The numbers of a header, or of a file that is written as text.
class PnmText {
 public:
  PnmText(std::string_view bytes, size_t at) : bytes_(bytes), at_(at) {}

  /// Returns the next number, or -1 if there is none.
  int64_t number() {
    skip();
    if (at_ >= bytes_.size() || !is_digit(bytes_[at_])) return -1;
    int64_t value = 0;
    for (; at_ < bytes_.size() && is_digit(bytes_[at_]) && value < kLargestNumber; ++at_)
      value = value * 10 + (bytes_[at_] - '0');
    return value;
  }
  /// Returns the next 0 or 1, which need no space between them, or -1.
  int64_t bit() {
    skip();
    if (at_ >= bytes_.size() || (bytes_[at_] != '0' && bytes_[at_] != '1')) return -1;
    return bytes_[at_++] - '0';
  }
  bool ended() {
    skip();
    return at_ >= bytes_.size();
  }
  size_t at() const { return at_; }

 private:
  void skip() {  // spaces and comments
    while (at_ < bytes_.size() && (is_space(bytes_[at_]) || bytes_[at_] == '#')) {
      if (bytes_[at_] == '#') at_ = std::min(bytes_.find_first_of("\r\n", at_), bytes_.size() - 1);
      ++at_;
    }
  }

  std::string_view bytes_;
  size_t at_;
};

bool is_text(char kind) { return kind <= '3'; }
bool has_bits(char kind) { return kind == '1' || kind == '4'; }

// Returns the bytes that the pixels take at the least.
uint64_t least_bytes(const PnmHeader& header) {
  const auto width = static_cast<uint64_t>(header.width);
  const auto height = static_cast<uint64_t>(header.height);
  const uint64_t values = width * height * static_cast<uint64_t>(header.channels);
  if (header.kind == '1') return values;
  if (header.kind == '4') return (width + 7) / 8 * height;
  if (is_text(header.kind)) return 2 * values - 1;  // a digit each, and a space between them
  return header.top > 255 ? 2 * values : values;
}

void read_text(std::string_view bytes, const PnmHeader& header, RawImage& image,
               const std::string& file) {
  PnmText text(bytes, header.pixels);
  for (auto& value : image.values) {
    const int64_t number = header.kind == '1' ? 1 - text.bit() : text.number();
    if (number < 0 || (header.kind == '1' && number > 1)) {
      throw Error(file + (text.ended() ? ": cut short: the end of the image is missing"
                                       : ": damaged: a value is no number"));
    }
    if (number > header.top)
      throw Error(fmt::format("{}: damaged: a value of {}; expected at most {}, its white", file,
                              number, header.top));
    value = static_cast<uint16_t>(number);
  }
}

void read_bits(std::string_view bytes, const PnmHeader& header, RawImage& image) {
  const size_t row = static_cast<size_t>(header.width + 7) / 8;
  for (int64_t y = 0; y < image.height; ++y) {
    for (int64_t x = 0; x < image.width; ++x) {
      const auto byte = static_cast<unsigned char>(
          bytes[header.pixels + static_cast<size_t>(y) * row + static_cast<size_t>(x / 8)]);
      const int bit = byte >> (7 - x % 8) & 1;
      image.values[static_cast<size_t>(y * image.width + x)] = static_cast<uint16_t>(1 - bit);
    }
  }
}

void read_binary(std::string_view bytes, const PnmHeader& header, RawImage& image) {
  const bool wide = header.top > 255;
  const auto byte = [&](size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>(bytes[header.pixels + at]));
  };
  for (size_t i = 0; i < image.values.size(); ++i) {
    const unsigned value = wide ? byte(2 * i) << 8 | byte(2 * i + 1) : byte(i);
    image.values[i] = static_cast<uint16_t>(value);
  }
}

}  // namespace

PnmHeader read_pnm_header(std::string_view bytes) {
  PnmHeader header;
  if (bytes.size() < 2) return header;
  header.kind = bytes[1];
  header.channels = header.kind == '3' || header.kind == '6' ? 3 : 1;
  PnmText text(bytes, 2);
  const int64_t width = text.number(), height = text.number();
  header.top = has_bits(header.kind) ? 1 : text.number();
  if (width < 1 || height < 1 || header.top < 1 || header.top > kLargestTop) return header;
  header.width = width;
  header.height = height;
  header.pixels = text.at() + 1;  // one space precedes them
  header.complete =
      header.pixels <= bytes.size() && least_bytes(header) <= bytes.size() - header.pixels;
  return header;
}

RawImage read_pnm(std::string_view bytes, const std::string& file) {
  const PnmHeader header = read_pnm_header(bytes);
  if (!header.complete) throw Error(file + ": cut short: the end of the image is missing");
  RawImage image{.width = header.width,
                 .height = header.height,
                 .channels = header.channels,
                 .top = static_cast<double>(header.top),
                 .values = {}};
  image.values.resize(static_cast<size_t>(image.width * image.height * image.channels));
  if (is_text(header.kind)) {
    read_text(bytes, header, image, file);
  } else if (header.kind == '4') {
    read_bits(bytes, header, image);
  } else {
    read_binary(bytes, header, image);
  }
  return image;
}

}  // namespace latent
