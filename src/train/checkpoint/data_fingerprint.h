// Fingerprints that tell one data set from another when a run is resumed or used.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/tensor.h"

namespace latent {

struct SplitFingerprint {
  int64_t count = 0;   // of examples; 0: unknown (an older checkpoint)
  int64_t digest = 0;  // CRC-32 over some of them, spread evenly

  bool operator==(const SplitFingerprint&) const = default;
};

struct DataFingerprint {
  SplitFingerprint training, validation;

  bool operator==(const DataFingerprint&) const = default;
};

/// Returns the fingerprint of a split. examples: [N, ...], on any device.
SplitFingerprint fingerprint(const Tensor& examples);

/// Compares the data that a checkpoint was written with (`written`) with the present data (`now`).
///
/// Throws Error naming `checkpoint` if the numbers of examples differ: training could not continue
/// in the same order. Logs a warning if only the examples differ.
void expect_same_data(const DataFingerprint& written, const DataFingerprint& now,
                      const std::filesystem::path& checkpoint);

}  // namespace latent
