// The checkpoints of a run as files: at every instant one of them is complete, and it is found when
// others are damaged.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/world.h"
#include "format/safetensors.h"
#include "run/run_directory.h"

namespace latent {

/// A checkpoint that could be read.
struct StoredCheckpoint {
  std::string name;  // "last", "best", "rollback", or an older one: "step-00000120"
  std::filesystem::path path;
  TensorFile file;
};

/// Reads the checkpoint `preferred`: "best", "last" or "rollback".
///
/// If it is missing or damaged, reads the newest readable checkpoint instead and logs a warning
/// that names it. Throws Error if there is none, or none that can be read.
StoredCheckpoint read_checkpoint(const RunDirectory& run, const std::string& preferred);

/// Writes a run's checkpoints.
class CheckpointStore {
 public:
  /// keep: how many of the last checkpoints stay, `last` among them. Only the process that leads
  /// the world writes; the others' calls wait until it has.
  CheckpointStore(RunDirectory run, int64_t keep, const World& world = alone())
      : run_(std::move(run)), keep_(keep), world_(world) {}

  /// Sets the checkpoint from which training continues.
  void continue_from(const StoredCheckpoint& checkpoint);

  /// Writes `last`; the previous one stays under the name of its step.
  ///
  /// Retries a failed write for two seconds, with a warning each time. Throws Error if it still
  /// fails; the previous file is kept. step: of training, at this checkpoint.
  void write_last(const TensorFile& file, int64_t step);
  /// Replaces `best`, with the same retries.
  void write_best(const TensorFile& file, int64_t step);
  /// Gives `last` a second name, "rollback", under which it stays when `last` is replaced.
  void keep_for_rollback() const;
  /// Whether "rollback" exists, can be read, and was written after `epoch` epochs.
  bool rollback_is_of(int64_t epoch) const;

 private:
  void write(const std::string& name, const TensorFile& file, int64_t step);
  void keep_last_as(const std::string& name) const;
  void remove_old(int64_t step) const;

  RunDirectory run_;
  int64_t keep_;
  const World& world_;
  std::optional<int64_t> last_step_;  // of the file `last`, once it is known to be good
  std::optional<int64_t> good_step_;  // of the newest good checkpoint, whatever its name
};

}  // namespace latent
