#include "train/precision.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>

#include "core/log.h"
#include "train/graph_replay.h"
#include "train/step.h"

namespace latent {
namespace {

constexpr int64_t kWarmUp = 2, kSteps = 6;
constexpr double kFaster = 1.1, kSameLoss = 0.02, kSameDirection = 0.95;

struct Outcome {
  double seconds;   // of the fastest step
  double loss;      // of the first
  Tensor gradient;  // of the first, [P] float64 on the CPU
};

Outcome attempt(TrainOptions options, const std::string& precision, const Trial& trial,
                const Batch& batch, const c10::Device& device) {
  options.precision = precision;
  options.clip_norm = 0;  // the gradient as it is
  auto [model, objective] = trial();
  model->train();
  TrainingStep step(options, model, objective, device);
  // As training will run it: where a step is short, what a launch takes would hide the difference.
  Replayed whole([&] { step.train(batch); }, step.generators(),
                 device_tools(device).graph(options.cuda_graph));
  Outcome outcome{.seconds = std::numeric_limits<double>::infinity(), .loss = 0, .gradient = {}};
  for (int64_t i = 0; i < kWarmUp + kSteps; ++i) {
    const auto start = std::chrono::steady_clock::now();
    step.key(i);
    whole.run();
    const double loss = step.sums()[0].item<double>();  // waits for the device
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    if (i == 0) {
      outcome.loss = loss;
      outcome.gradient = step.parameters().gradients().to(at::kCPU, at::kDouble);
    }
    if (i >= kWarmUp) outcome.seconds = std::min(outcome.seconds, spent.count());
  }
  return outcome;
}

}  // namespace

Autocast::Autocast(const c10::Device& device, const std::string& precision)
    : type_(device.type()),
      active_(precision == "bf16"),
      before_(at::autocast::is_autocast_enabled(type_)),
      cached_(at::autocast::is_autocast_cache_enabled()) {
  if (!active_) return;
  // What a CUDA graph narrows must be narrowed at each replay, not taken from before.
  if (!device.is_cpu()) at::autocast::set_autocast_cache_enabled(false);
  at::autocast::set_autocast_dtype(type_, at::kBFloat16);
  at::autocast::set_autocast_enabled(type_, true);
}

Autocast::~Autocast() {
  if (!active_) return;
  at::autocast::set_autocast_enabled(type_, before_);
  at::autocast::set_autocast_cache_enabled(cached_);
  at::autocast::clear_cache();  // the narrowed weights: the next step has others
}

void set_arithmetic(const TrainOptions& options, const c10::Device& device) {
  if (device.is_cpu()) return;
  auto& context = at::globalContext();
  const bool exact = options.deterministic;
  context.setDeterministicAlgorithms(exact, /*warn_only=*/true);
  context.setDeterministicFillUninitializedMemory(false);
  context.setDeterministicCuDNN(exact);
  context.setBenchmarkCuDNN(!exact);
  context.setAllowTF32CuDNN(!exact);
  context.setAllowTF32CuBLAS(!exact);
}

void set_full_precision(const c10::Device& device) {
  if (device.is_cpu()) return;
  at::globalContext().setAllowTF32CuDNN(false);  // on unless told, unlike that of other products
  at::globalContext().setAllowTF32CuBLAS(false);
}

bool has_bf16(const c10::Device& device) {
  if (!device.is_cpu()) return true;
  std::ifstream processor("/proc/cpuinfo");
  for (std::string line; std::getline(processor, line);) {
    if (line.rfind("flags", 0) != 0) continue;
    line += ' ';
    return line.find(" avx512_bf16 ") != std::string::npos ||
           line.find(" amx_bf16 ") != std::string::npos;
  }
  return false;
}

std::string pick_precision(const TrainOptions& options, const Trial& trial, const Batch& batch,
                           const c10::Device& device) {
  if (!has_bf16(device)) {
    log::info("precision auto: fp32, this processor has neither AVX512-BF16 nor AMX");
    return "fp32";
  }
  const Outcome wide = attempt(options, "fp32", trial, batch, device);
  const Outcome narrow = attempt(options, "bf16", trial, batch, device);
  const double speed = wide.seconds / narrow.seconds;
  const double difference = std::abs(narrow.loss - wide.loss) / std::abs(wide.loss);
  const double cosine =
      ((narrow.gradient * wide.gradient).sum() / (narrow.gradient.norm() * wide.gradient.norm()))
          .item<double>();
  const bool right = difference <= kSameLoss && cosine >= kSameDirection;
  const std::string picked = right && speed >= kFaster ? "bf16" : "fp32";
  log::info(
      "precision auto: {}; bf16 is {:.2f} times as fast, its loss differs by {:.2g} %, its "
      "gradient's cosine is {:.4f}",
      picked, speed, 100 * difference, cosine);
  return picked;
}

}  // namespace latent
