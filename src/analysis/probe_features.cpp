#include "analysis/probe_features.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "core/log.h"
#include "core/random.h"
#include "session/for_each_batch.h"
#include "statistics/principal_components.h"

namespace latent {
namespace {

constexpr int64_t kMaxNumbers = 4096;  // of an example, for a probe of the pixels

ExampleBatch batch(const ProbedExamples& chosen, int64_t first, int64_t count) {
  return batch_of(*chosen.examples, chosen.rows.narrow(0, first, count));
}

// The height and width that images are averaged to.
std::pair<int64_t, int64_t> probed_size(const ImageShape& shape) {
  if (shape.values() <= kMaxNumbers) return {shape.height, shape.width};
  const double room = static_cast<double>(kMaxNumbers) / static_cast<double>(shape.channels);
  if (shape.height == 1) return {1, static_cast<int64_t>(room)};
  const double reduction =
      std::sqrt(room / static_cast<double>(shape.height) / static_cast<double>(shape.width));
  const auto reduced = [&](int64_t side) {
    return std::max<int64_t>(1, static_cast<int64_t>(reduction * static_cast<double>(side)));
  };
  return {reduced(shape.height), reduced(shape.width)};
}

/// The results of one pass over some examples.
struct Pass {
  Tensor latents, components, pixels;  // [N, ...] float32
};

Pass describe(const OpenedRun& run, const ProbedExamples& chosen,
              const statistics::PrincipalComponents& components, const std::string& label,
              bool quiet) {
  const torch::NoGradGuard no_grad;
  const auto size = probed_size(chosen.examples->shape());
  const int64_t height = size.first, width = size.second;
  std::vector<Tensor> latents, coordinates, pixels;
  for_each_batch(chosen.rows.numel(), label, quiet, [&](int64_t first, int64_t count) {
    const ExampleBatch examples = batch(chosen, first, count);
    const Tensor& images = examples.images;
    latents.push_back(run.encode(examples).code.to(at::kFloat));
    coordinates.push_back(components.project(images.flatten(1)).to(at::kFloat));
    const bool whole = height == images.size(2) && width == images.size(3);
    pixels.push_back(
        (whole ? images : at::adaptive_avg_pool2d(images, {height, width})).flatten(1));
  });
  return {at::cat(latents), at::cat(coordinates), at::cat(pixels)};
}

}  // namespace

std::vector<Features> probe_features(const OpenedRun& run, const ProbedExamples& training,
                                     const ProbedExamples& scoring, uint64_t seed, bool quiet) {
  const ImageShape shape = training.examples->shape();
  const int64_t count = std::min(run.model->latent_dim(), shape.values());
  const auto components = statistics::fit_components(
      [&](int64_t first, int64_t rows) { return batch(training, first, rows).images.flatten(1); },
      training.rows.numel(), shape.values(), count, generator(seed, Stream::kSample));
  const Pass fitted = describe(run, training, components, "training images", quiet);
  const Pass scored = describe(run, scoring, components, "images to score", quiet);
  const auto [height, width] = probed_size(shape);
  if (shape.values() > kMaxNumbers)
    log::info("the probes of the pixels use images averaged to {}x{}", width, height);
  const std::string numbers = run.experiment.data.is_table() ? "columns" : "pixels";
  return {
      {"latents", fmt::format("latents ({})", fitted.latents.size(1)), fitted.latents,
       scored.latents},
      {"pca", fmt::format("PCA ({})", fitted.components.size(1)), fitted.components,
       scored.components},
      {"pixels", fmt::format("{} ({})", numbers, fitted.pixels.size(1)), fitted.pixels,
       scored.pixels},
  };
}

}  // namespace latent
