#include "analysis/rate_distortion.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/error.h"
#include "train/evaluation.h"
#include "visual/grid.h"

namespace latent {
namespace {

constexpr int kLevels = 40;

// The error of reconstructions from sampled latents.
class SampledError : public Measure {
 public:
  void add(const MeasuredBatch& batch) override {
    const Tensor error = at::square(batch.sampled.clamp(0, 1) - batch.images).flatten(1).mean(1);
    sum_ += error.to(at::kDouble).sum().item<double>();
    count_ += error.numel();
  }
  std::vector<Figure> figures() const override { return {}; }
  double mean() const { return sum_ / static_cast<double>(count_); }

 private:
  double sum_ = 0;
  int64_t count_ = 0;
};

double error_of(const Picture& a, const Picture& b) {
  double sum = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) {
    const double step = (a.pixels[i] - b.pixels[i]) / 255.0;
    sum += step * step;
  }
  return sum / static_cast<double>(a.pixels.size());
}

}  // namespace

double decibels(double squared_error) { return -10 * std::log10(squared_error); }

RatePoint rate_of_run(const OpenedRun& run, const Examples& examples, uint64_t seed) {
  if (!run.model->bottleneck().has_posterior()) {
    throw Error(run.directory.path().string() +
                ": its latents have no distribution, so they have no rate; expected a run with "
                "model.bottleneck \"gaussian\"");
  }
  run.objective->schedule(std::numeric_limits<double>::infinity());
  SampledError error;
  const Evaluation found = evaluate(*run.model, *run.objective, examples,
                                    {.seed = seed,
                                     .measures = {&error},
                                     .device = run.device,
                                     .corruption = run.corruption,
                                     .condition = run.condition});
  return {found.kl.sum().item<double>() / std::numbers::ln2, error.mean()};
}

std::vector<RatePoint> gaussian_rates(const Tensor& variances) {
  const Tensor all = variances.to(at::kDouble).clamp_min(0);
  const double most = all.max().item<double>();
  std::vector<RatePoint> points;
  for (int step = 0; step < kLevels; ++step) {
    const double level = most * std::pow(10.0, -4.0 * step / (kLevels - 1));
    points.push_back({(all / level).clamp_min(1).log2().sum().item<double>() / 2,
                      all.clamp_max(level).mean().item<double>()});
  }
  return points;
}

std::vector<CodecRate> codec_rates(const Tensor& images, Compression format) {
  std::vector<CodecRate> rates;
  const auto count = static_cast<double>(images.size(0));
  for (const int64_t quality : {1, 5, 10, 20, 35, 50, 70, 90}) {
    CodecRate rate{.quality = quality, .file = {}, .header = 0};
    for (int64_t i = 0; i < images.size(0); ++i) {
      const Picture picture = visual::picture(images[i]);
      const Compressed compressed = compress(picture, format, quality);
      rate.file.bits += 8 * static_cast<double>(compressed.bytes) / count;
      rate.file.squared_error += error_of(picture, compressed.picture) / count;
      if (i > 0) continue;
      const Picture grey(picture.width, picture.height, picture.channels, 128);
      rate.header = 8 * static_cast<double>(compress(grey, format, quality).bytes);
    }
    rates.push_back(rate);
  }
  return rates;
}

}  // namespace latent
