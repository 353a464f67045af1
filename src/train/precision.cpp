#include "train/precision.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "core/log.h"
#include "train/arithmetic.h"
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
  // Replayed as training will be: for short steps, the time of launches would hide the difference.
  StepNoise noise(static_cast<uint64_t>(options.seed), device);
  GraphReplay whole([&] { step.run(batch, noise); }, noise.generators(step.streams()),
                    device_tools(device).graph(options.records_steps()));
  Outcome outcome{.seconds = std::numeric_limits<double>::infinity(), .loss = 0, .gradient = {}};
  for (int64_t i = 0; i < kWarmUp + kSteps; ++i) {
    const auto start = std::chrono::steady_clock::now();
    noise.move_to(i);
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

std::string pick_precision(const TrainOptions& options, const Trial& trial, const Batch& batch,
                           const c10::Device& device) {
  if (!has_bf16(device)) {
    log::info("precision auto: fp32; this processor has neither AVX512-BF16 nor AMX");
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
      "precision auto: {}; bf16 is {:.2f} times as fast, its loss differs by {:.2g}%, its "
      "gradient's cosine is {:.4f}",
      picked, speed, 100 * difference, cosine);
  return picked;
}

}  // namespace latent
