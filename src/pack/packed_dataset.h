// Data sets whose images are in a pack, one split after the other.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "pack/image_source.h"
#include "pack/pack.h"

namespace latent {

/// The parts of a packed data set.
struct PackedParts {
  std::unique_ptr<ImageSource> source;  // the images of train, validation and test, in this order
  std::array<int64_t, 3> counts{};      // of the splits; one without images is served by another
  std::vector<Attribute> attributes;    // of all images, in the source's order
  std::vector<std::string> names;       // likewise, or empty
  std::string notice;
  SkipPolicy policy;
  std::vector<LeftOut> left_out = {};
  std::vector<std::string> warnings = {};
  std::string if_none = {};  // follows the notice that a split has no images: how to have some
  /// Whether images of another split serve as training images if none of these can be read: sets
  /// of a few images, whose splits were drawn.
  bool train_may_be_served = false;
};

/// Returns a data set that opens its pack (or makes it) when the first split is loaded. Images that
/// could not be read are missing from the splits, and the notice then names them. A split without
/// readable images is served by another, and the notice says so.
std::unique_ptr<Dataset> packed_dataset(PackedParts parts);

}  // namespace latent
