// A trace of some training steps, for Perfetto (ui.perfetto.dev) or chrome://tracing.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <filesystem>

#include "train/listener.h"

namespace latent {

/// Records steps after a warm-up and writes the trace when they are done.
class StepProfile : public TrainListener {
 public:
  static constexpr int64_t kWarmUp = 10, kSteps = 20;

  StepProfile(std::filesystem::path file, const c10::Device& device);
  /// Writes the steps recorded so far if training ended early.
  ~StepProfile() override;
  StepProfile(const StepProfile&) = delete;
  StepProfile& operator=(const StepProfile&) = delete;

  /// Must be called after every step. Throws Error if the trace cannot be written.
  void after_step();

  void step(const StepReport& /*report*/) override { after_step(); }
  void finished(const TrainState& /*state*/) override { finish_early(); }

 private:
  void start();
  void finish();
  // Writes the steps recorded so far, if a recording is under way; logs a failure.
  void finish_early();

  std::filesystem::path file_;
  c10::Device device_;
  int64_t steps_ = 0;
  bool recording_ = false;
};

}  // namespace latent
