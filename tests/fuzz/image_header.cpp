// Headers of image files.
#include "image/header.h"

#include "fuzz.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const ImageHeader header = read_image_header(input, "x");
  const bool sane = header.width >= 1 && header.height >= 1 && header.orientation >= 1 &&
                    header.orientation <= 8 && header.width <= kMaxPixels / header.height;
  if (!sane) std::abort();
}
