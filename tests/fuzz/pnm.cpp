// Portable anymaps.
#include "image/pnm.h"

#include "fuzz.h"
#include "image/header.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const ImageHeader header = read_image_header(input, "x");  // refuses what no decoder must see
  if (header.format != ImageFormat::kPnm) return;
  const RawImage raw = read_pnm(input, "x");
  const Picture picture = to_picture(raw, input.size() % 2 == 0 ? 1 : 3, {}, "x");
  if (picture.width != header.width || picture.height != header.height) std::abort();
}
