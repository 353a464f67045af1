// Does the trainings of a sweep, each in a process of its own.
#pragma once

#include <string>
#include <vector>

#include "core/system/claim.h"
#include "session/sweep/folder.h"

namespace latent {

class SweepWorker {
 public:
  /// flags: for every command that is started, such as --device and its value.
  SweepWorker(const SweepFolder& folder, std::vector<std::string> flags)
      : folder_(folder), flags_(std::move(flags)) {}

  /// Trains and evaluates what is not finished and has not failed, and waits for what other
  /// processes do. Throws Interrupted if a signal asks to stop, once the training has saved.
  void work();

 private:
  enum class Outcome { kDone, kFailed, kLost };

  /// Returns whether another process does one of the trainings.
  bool pass();
  void train_and_evaluate(const SweepRun& run, Claim& claim);
  Outcome train(const SweepRun& run, Claim& claim) const;
  Outcome evaluate(const SweepRun& run, Claim& claim) const;
  /// Starts a command of this program and waits for it. output, messages: see ChildProcess.
  Outcome call(const SweepRun& run, Claim& claim, std::vector<std::string> words,
               const std::filesystem::path& output, const std::filesystem::path& messages) const;
  /// Waits until no process trains in the run's folder: one of a sweep that was killed may still
  /// be saving. Returns false if the claim was lost.
  bool wait_for_lock(const SweepRun& run, Claim& claim) const;

  const SweepFolder& folder_;
  std::vector<std::string> flags_;
};

}  // namespace latent
