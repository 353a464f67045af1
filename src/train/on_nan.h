// What happens when a loss or a gradient becomes NaN or infinite.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "config/section.h"
#include "core/tensor.h"

namespace latent {

struct OnNanOptions {
  std::string name = "stop";  // or "skip", "rollback"
  int64_t limit = 10;         // skipped steps, or rollbacks, in the whole run
  double factor = 0.5;        // of the learning rate at each rollback

  void read(Section& train);
  bool stops() const { return name == "stop"; }
  bool rolls_back() const { return name == "rollback"; }
};

/// Thrown where training must go back to the start of the epoch.
struct NeedsRollback {
  std::string why;
};

/// Which images a bad step was given.
struct BadBatch {
  int64_t step, epoch, batch;  // from 1
  std::string what;            // became NaN or infinite
  Tensor indices;              // [B] int64: of the training split
};

/// Writes it as JSON into `folder`, which is made, for inspection. Returns "; its images: FILE", or
/// "; its images could not be written: REASON".
std::string note_bad_batch(const BadBatch& bad, const std::filesystem::path& folder);

}  // namespace latent
