// The keys of section `data` that say how image files are read.
#pragma once

#include "config/section.h"
#include "image/raw_image.h"

namespace latent {

/// Reads `white`, `black` and `page`. Throws Error if white and black are the same.
ImageReading read_image_reading(Section& data);

}  // namespace latent
