// Bitmaps.
#include "image/bmp.h"

#include "fuzz_image.h"

LATENT_FUZZ_TARGET(input) {
  latent::fuzz::decode(input, latent::ImageFormat::kBmp, latent::read_bmp);
}
