// The direction of an attribute in a run's latent space, stored in the run's cache.
#pragma once

#include <string>
#include <vector>

#include "session/opened_run.h"
#include "session/run_cache.h"
#include "space/directions.h"

namespace latent {

/// The attribute to find a direction for, and how.
struct AttributeQuery {
  std::string attribute;                   // as space::contrast_by reads it
  std::vector<std::string> orthogonal_to;  // other attributes, which must stay as they are
  space::Method method = space::Method::kMean;
  // The keys or flags that name them; the messages of Errors about them begin with these.
  std::string attribute_from = "attribute", orthogonal_from = "orthogonal_to";
};

struct AttributeDirection {
  space::Direction direction;
  double auroc = 0;     // on the validation split; NaN if all or none of its images have it
  double distance = 0;  // between the mean scores with and without it, training split, in strengths
  int64_t positives = 0, negatives = 0;  // training images with and without the attribute
  int64_t unknown = 0;                   // training images that were left out
};

/// Finds the direction on the training split, once for a checkpoint; later calls read it from the
/// run's cache.
/// Throws Error for an attribute that the data set does not have, or that all or no images have,
/// and as space::find_direction does.
AttributeDirection attribute_direction(const OpenedRun& run, const AttributeQuery& query,
                                       bool quiet);

/// Returns where the direction is stored in the run's cache.
CacheKey direction_cache_key(const OpenedRun& run, const AttributeQuery& query);

}  // namespace latent
