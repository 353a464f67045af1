// What tells one data set from another when a run is resumed or used.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/tensor.h"

namespace latent {

struct SplitFingerprint {
  int64_t count = 0;   // of examples; 0: unknown, of an older checkpoint
  int64_t digest = 0;  // CRC-32 over some of them, spread evenly

  bool operator==(const SplitFingerprint&) const = default;
};

struct DataFingerprint {
  SplitFingerprint training, validation;

  bool operator==(const DataFingerprint&) const = default;
};

/// examples: the first dimension counts them; on any device.
SplitFingerprint fingerprint(const Tensor& examples);

/// Compares the data that a checkpoint was written with with those that are there now.
///
/// Throws Error naming `checkpoint` if their numbers differ: training could not go on in the same
/// order. Other examples in the same number are told of aloud.
void expect_same_data(const DataFingerprint& written, const DataFingerprint& now,
                      const std::filesystem::path& checkpoint);

}  // namespace latent
