// Bitmaps.
#include "image/bmp.h"

#include "fuzz.h"
#include "image/header.h"

namespace {

constexpr int64_t kWorthwhile = 1 << 20;  // more pixels only take more time

}  // namespace

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const ImageHeader header = read_image_header(input, "x");  // refuses what no decoder must see
  if (header.format != ImageFormat::kBmp || header.width * header.height > kWorthwhile) return;
  const RawImage raw = read_bmp(input, "x");
  const Picture picture = to_picture(raw, input.size() % 2 == 0 ? 1 : 3, {}, "x");
  if (picture.width != header.width || picture.height != header.height) std::abort();
}
