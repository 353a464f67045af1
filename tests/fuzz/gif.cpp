// The first frame of a GIF.
#include "fuzz_image.h"
#include "image/gif_frame.h"

LATENT_FUZZ_TARGET(input) {
  latent::fuzz::decode(input, latent::ImageFormat::kGif, latent::read_gif_frame);
}
