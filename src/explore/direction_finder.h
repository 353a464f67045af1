// Directions of attributes for the page's sliders, found at once for all attributes.
#pragma once

#include <string>
#include <vector>

#include "explore/explorer.h"
#include "session/opened_run.h"
#include "space/directions.h"

namespace latent::explore {

/// Finds directions as `latent arithmetic --method mean` does, on up to 20,000 images.
///
/// On the training images if their codes are in the run's cache, and measured on the explored
/// split; else found on every second image of the split and measured on the others.
class DirectionFinder {
 public:
  /// codes: of `examples`, [N, Z].
  DirectionFinder(const OpenedRun& run, Split split, const Examples& examples, const Tensor& codes);

  /// {"found_on": text, "measured_on": text, "directions": [{"attribute", "auroc", "step"}]}; a
  /// direction for each attribute of yes and no, each class and each number that has one.
  const Json& all() const { return all_; }
  /// {"attribute", "auroc", "step"} of one that leaves others unchanged. Throws Error for an
  /// attribute that the data set does not have, and if nothing is left of the direction.
  Json find(const DirectionRequest& request) const;

 private:
  struct Part {
    Examples examples;  // attributes alone: without pixels
    Tensor codes;
    std::string name;
  };
  Part found_, measured_;
  Json all_;
};

}  // namespace latent::explore
