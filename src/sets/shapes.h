// Procedural images with known factors, as in dSprites: one shape, its scale, rotation, position
// and hue.
#pragma once

#include <cstdint>

#include "core/image_shape.h"

namespace latent {

/// The factors of one image. Ranges as in dSprites (Matthey et al. 2017): scale [0.5, 1), rotation
/// [0, 2 pi) radians, counter-clockwise, x and y [0, 1) of the range in which the shape is whole (y
/// downwards); hue [0, 1).
struct Factors {
  int64_t shape = 0;  // 0 square, 1 ellipse, 2 heart
  double scale = 1;
  double rotation = 0;
  double x = 0.5;
  double y = 0.5;
  double hue = 0;
};

/// Returns the factors of image `index`: independent uniform draws that depend only on the index.
Factors draw_factors(uint64_t index);

/// Draws the shape on black with anti-aliased edges, white or (3 channels) in its hue.
/// pixels: height * width * channels bytes, interleaved, all zero.
void render_shape(const Factors& factors, const ImageShape& size, uint8_t* pixels);

}  // namespace latent
