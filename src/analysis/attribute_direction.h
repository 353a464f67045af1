// The direction of an attribute in a run's latent space, kept in the run.
#pragma once

#include <string>
#include <vector>

#include "session/opened_run.h"
#include "space/directions.h"

namespace latent {

/// What to look for, as the command line says it.
struct AttributeQuery {
  std::string attribute;                   // as space::contrast_by reads it
  std::vector<std::string> orthogonal_to;  // the same
  std::string method;                      // "mean" or "logistic"
};

struct AttributeDirection {
  space::Direction direction;
  double auroc = 0;     // on the validation split; NaN if one side has no image there
  double distance = 0;  // between the sides' mean scores on the training split, in strengths
  int64_t positives = 0, negatives = 0;  // training images
};

/// Finds it on the training split, once for a checkpoint; later calls read it from the run.
/// Throws Error for an attribute the data set does not have, or that all or no images have.
AttributeDirection attribute_direction(const OpenedRun& run, const AttributeQuery& query,
                                       bool quiet);

}  // namespace latent
