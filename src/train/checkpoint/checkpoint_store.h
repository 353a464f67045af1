// The checkpoints of a run as files: a good one is there at each instant, and is found when others
// are damaged.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

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
/// If it is missing or damaged, a warning says so and names the one that is read in its place: of
/// those that can be read the newest. Throws Error if there is none, or none that can be read.
StoredCheckpoint read_checkpoint(const RunDirectory& run, const std::string& preferred);

/// Writes a run's checkpoints.
class CheckpointStore {
 public:
  /// keep: how many of the last checkpoints stay, `last` among them.
  CheckpointStore(RunDirectory run, int64_t keep) : run_(std::move(run)), keep_(keep) {}

  /// Tells what training goes on from.
  void go_on_from(const StoredCheckpoint& checkpoint);

  /// Puts `last` in the place of the one before, which stays under its step's name.
  ///
  /// A write that fails is tried again, aloud, for two seconds. Throws Error if it still fails;
  /// what was there before stays. step: of training, at this checkpoint.
  void write_last(const TensorFile& file, int64_t step);
  /// Puts `best` in the place of the one before, in the same way.
  void write_best(const TensorFile& file, int64_t step);
  /// Gives `last` a second name, "rollback", under which it stays when another takes its place.
  void keep_for_rollback() const;
  /// Whether "rollback" is there, can be read, and was written after so many epochs.
  bool rollback_is_of(int64_t epoch) const;

 private:
  void write(const std::string& name, const TensorFile& file, int64_t step);
  void keep_last_as(const std::string& name) const;
  void remove_old(int64_t step) const;

  RunDirectory run_;
  int64_t keep_;
  std::optional<int64_t> last_step_;  // of the file `last`, once it is known to be good
  std::optional<int64_t> good_step_;  // of the newest good checkpoint, whatever its name
};

}  // namespace latent
