// What tells one data set from another when a run is resumed.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/tensor.h"

namespace latent {

struct DataFingerprint {
  int64_t training = 0;    // examples; 0: unknown, of an older checkpoint
  int64_t validation = 0;  // examples
  int64_t digest = 0;      // CRC-32 over some examples of both, spread evenly

  bool operator==(const DataFingerprint&) const = default;
};

/// training, validation: the examples, the first dimension counts them; on any device.
DataFingerprint fingerprint(const Tensor& training, const Tensor& validation);

/// Compares the data that a checkpoint was written with with those that are there now.
///
/// Throws Error naming `checkpoint` if their numbers differ: training could not go on in the same
/// order. Other examples in the same number are told of aloud.
void expect_same_data(const DataFingerprint& written, const DataFingerprint& now,
                      const std::filesystem::path& checkpoint);

}  // namespace latent
