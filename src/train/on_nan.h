// What happens when a loss or a gradient becomes NaN or infinite.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "config/section.h"
#include "core/registry.h"
#include "core/tensor.h"

namespace latent {

enum class OnNan { kStop, kSkip, kRollback };

struct OnNanOptions {
  OnNan action = OnNan::kStop;
  int64_t limit = 10;   // skipped steps, or rollbacks, in the whole run
  double factor = 0.5;  // of the learning rate at each rollback

  void read(Section& train);
  bool stops() const { return action == OnNan::kStop; }
  bool rolls_back() const { return action == OnNan::kRollback; }
};

/// An action that a config can name under `train.on_nan`.
struct OnNanRow {
  std::string name;
  std::string summary;
  OnNan action;
  /// Reads its keys.
  void (*read)(Section& on_nan, OnNanOptions& options);
};

const Registry<OnNanRow>& on_nan_actions();

/// Thrown where training must go back to the start of the epoch.
struct NeedsRollback {
  std::string why;
};

/// A bad step and the images it was given.
struct BadBatch {
  int64_t step, epoch, batch;  // from 1
  std::string what;            // became NaN or infinite
  Tensor indices;              // [B] int64: of the training split
};

/// Writes a bad batch as JSON into `folder`, which is created if missing, for inspection. Returns
/// "; its images: FILE", or "; its images could not be written: REASON".
std::string note_bad_batch(const BadBatch& bad, const std::filesystem::path& folder);

/// Writes as JSON into `folder` that the validation of an epoch, from 1, found a loss that is NaN
/// or infinite after `step` steps. A note that cannot be written is left out.
void note_bad_validation(int64_t step, int64_t epoch, const std::filesystem::path& folder);

}  // namespace latent
