// A source of images for packs: arrays that are too large for memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/prepare/fit.h"
#include "pack/image_source.h"
#include "sets/array_images.h"

namespace latent {

/// Some images of one array.
struct ArrayRows {
  OpenStream images;
  Tensor rows;      // [K] int64, ascending
  std::string key;  // differs whenever the array or the choice of rows could
};

/// Returns a source of the fitted images, one part after the other; reads each array in order.
std::unique_ptr<ImageSource> array_source(std::vector<ArrayRows> parts, const ArrayOptions& options,
                                          const Fit& fit);

}  // namespace latent
