// TIFF: its pages, planes of 16 bits, few bits.
#include "fuzz.h"
#include "image/codecs/module.h"
#include "image/tiff_header.h"

namespace {

constexpr int64_t kWorthwhile = 1 << 16;  // more pixels only take more time

}  // namespace

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  EncodedImage image{.file = "x", .bytes = std::string(input), .header = {}};
  if (input.size() % 3 == 0) select_tiff_page(image.bytes, 2);
  image.header = read_image_header(image.bytes, image.file);
  if (image.header.format != ImageFormat::kTiff) return;
  if (image.header.width * image.header.height > kWorthwhile) return;
  ValueExtent extent;
  codecs::decode(image, input.size() % 4 < 2 ? 1 : 3, 1, {.black = 1}, &extent);
}
