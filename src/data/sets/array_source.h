// Images of arrays too large for memory, on their way into a pack.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/pack/image_source.h"
#include "data/prepare/fit.h"
#include "data/sets/array_images.h"

namespace latent {

/// Some images of one array.
struct ArrayRows {
  OpenStream images;
  Tensor rows;      // [K] int64, ascending
  std::string key;  // differs whenever the array or the choice of rows could
};

/// The images of the parts, one part after the other, fitted; each array is read in order.
std::unique_ptr<ImageSource> array_source(std::vector<ArrayRows> parts, const ArrayOptions& options,
                                          const Fit& fit);

}  // namespace latent
