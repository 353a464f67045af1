#include "train/profile.h"

#include <torch/csrc/autograd/profiler_kineto.h>

#include <unistd.h>

#include <set>
#include <string>

#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/system/out_of_memory.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
namespace kineto = torch::autograd::profiler;
using torch::profiler::impl::ActivityType;
using torch::profiler::impl::ProfilerConfig;
using torch::profiler::impl::ProfilerState;

}  // namespace

StepProfile::StepProfile(std::filesystem::path file, const c10::Device& device)
    : file_(std::move(file)), device_(device) {}

StepProfile::~StepProfile() { finish_early(); }

void StepProfile::finish_early() {
  if (!recording_) return;
  try {
    finish();
  } catch (const std::exception& failure) {
    log::warn("trace of the steps: {}", reason_of(failure));
  }
}

void StepProfile::after_step() {
  ++steps_;
  if (steps_ == kWarmUp) start();
  if (steps_ == kWarmUp + kSteps) finish();
}

void StepProfile::start() {
  std::set<ActivityType> activities{ActivityType::CPU};
  if (device_.is_cuda()) activities.insert(ActivityType::CUDA);
  const ProfilerConfig config(ProfilerState::KINETO, /*report_input_shapes=*/true);
  kineto::prepareProfiler(config, activities);
  kineto::enableProfiler(config, activities);
  recording_ = true;
}

void StepProfile::finish() {
  recording_ = false;
  const auto trace = kineto::disableProfiler();
  // Kineto reports a file that it cannot write only in its own log.
  std::error_code code;
  const fs::path folder = fs::temp_directory_path(code);
  if (code)
    throw Error("TMPDIR: " + code.message() + "; expected a folder for a trace of the steps");
  const fs::path scratch = folder / ("latent-trace-" + std::to_string(::getpid()) + ".json");
  trace->save(scratch.string());
  const std::string text = read_file(scratch);
  fs::remove(scratch, code);
  write_file(file_, text);
  log::info("trace of {}: {}; open it in ui.perfetto.dev or chrome://tracing",
            counted(steps_ - kWarmUp, "step"), file_.string());
}

}  // namespace latent
