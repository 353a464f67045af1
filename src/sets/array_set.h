// A data set of images and labels in arrays: kept in memory, or packed if it is large.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/prepare/fit.h"
#include "pack/pack.h"
#include "sets/array_images.h"
#include "sets/array_labels.h"
#include "sets/train_test_dataset.h"

namespace latent {

/// The arrays of one part: its images, and its labels if it has any.
struct ArrayPart {
  OpenStream images;
  OpenStream labels;
  std::string labels_name;  // "latents_values"
  std::string fingerprint;  // of the images: differs whenever they could
};

/// The arrays of a set.
struct ArrayParts {
  ArrayPart train;
  std::optional<ArrayPart> validation, test;
  std::string note = "";  // a message about the choice of the arrays, to log
};

struct ArraySetOptions {
  ArrayOptions array;
  LabelNames label_names;
  TrainTestOptions splits;
  SkipPolicy policy;  // for images that hold NaN or infinity
};

/// The most bytes of pixels that are kept in memory; larger sets are packed.
constexpr int64_t kMaxInMemory = int64_t{1} << 28;

/// Returns the data set. Checks every array first, so that errors come before anything is loaded.
/// Throws Error naming the array.
std::unique_ptr<Dataset> make_array_dataset(const ArrayParts& parts, const ArraySetOptions& options,
                                            const Fit& fit, int64_t most_in_memory = kMaxInMemory);

}  // namespace latent
