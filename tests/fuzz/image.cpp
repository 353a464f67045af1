// Image files, decoded.
#include <zlib.h>

#include "fuzz.h"
#include "image/codecs/module.h"

namespace {

constexpr size_t kWorthwhile = 1 << 16;  // more pixels only take more time

size_t number(const std::string& bytes, size_t at) {
  size_t value = 0;
  for (size_t i = at; i < at + 4; ++i)
    value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

// A PNG with the checksums that its chunks should have: else no input gets past them.
std::string mended(std::string png) {
  if (!png.starts_with("\x89PNG")) return png;
  for (size_t at = 8; at + 12 <= png.size();) {
    const size_t length = number(png, at), end = at + 8 + length;
    if (end + 4 > png.size()) break;
    const auto* first = reinterpret_cast<const Bytef*>(png.data() + at + 4);
    uint64_t sum = crc32_z(0, first, length + 4);
    for (size_t i = 4; i > 0; --i, sum >>= 8)
      png[end + i - 1] = static_cast<char>(sum);
    at = end + 4;
  }
  return png;
}

}  // namespace

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  EncodedImage image{.file = "x", .bytes = mended(std::string(input)), .header = {}};
  image.header = read_image_header(image.bytes, image.file);
  const ImageFormat format = image.header.format;
  const bool own =
      format == ImageFormat::kBmp || format == ImageFormat::kGif || format == ImageFormat::kPnm;
  if (own) return;  // read without OpenCV: targets of their own
  if (static_cast<size_t>(image.header.width * image.header.height) > kWorthwhile) return;
  const int64_t reduction = format == ImageFormat::kJpeg && input.size() % 2 == 1 ? 2 : 1;
  const Picture picture = codecs::decode(image, input.size() % 4 < 2 ? 1 : 3, reduction);
  if (picture.width < 1 || picture.height < 1) std::abort();
}
