#include "analysis/yardsticks.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>

#include "analysis/components.h"
#include "core/log.h"
#include "measure/image_quality.h"
#include "train/evaluation.h"

namespace latent {
namespace {

constexpr double kNearEnd = 1.0 / 512;

// Calls `work` with the images of each batch.
void for_each_images(const Examples& examples, const std::function<void(const Tensor&)>& work) {
  for (int64_t first = 0; first < examples.count(); first += kEvaluationBatch)
    work(examples.images(first, std::min(kEvaluationBatch, examples.count() - first)));
}

double sum_of(const Tensor& values) { return values.to(at::kDouble).sum().item<double>(); }

Tensor mean_example(const Examples& examples) {
  Tensor sum;
  for_each_images(examples, [&](const Tensor& images) {
    const Tensor part = images.to(at::kDouble).sum(0, /*keepdim=*/true);
    sum = sum.defined() ? sum + part : part;
  });
  return sum / static_cast<double>(examples.count());
}

bool compares_with_components(const OpenedRun& run) {
  return run.model->bottleneck().codebook() == nullptr && !run.corruption.noisy() &&
         run.model->input_shape() == run.model->output_shape() &&
         run.model->output_shape().values() <= statistics::kMaxCovarianceColumns;
}

}  // namespace

Likeness likeness(const Examples& examples, const std::function<Tensor(const Tensor&)>& draw) {
  Likeness sums;
  for_each_images(examples, [&](const Tensor& images) {
    const Tensor drawn = draw(images).to(at::kDouble).reshape(images.sizes());
    const Tensor real = images.to(at::kDouble);
    sums.mse += sum_of(mean_squared_error(real, drawn));
    if (examples.is_table()) return;
    const Tensor shown = drawn.clamp(0, 1);
    sums.psnr += sum_of(psnr(real, shown));
    sums.ssim += sum_of(ssim(real, shown));
    sums.cross_entropy += sum_of(cross_entropy(real, drawn.clamp(kNearEnd, 1 - kNearEnd)));
  });
  const auto n = static_cast<double>(examples.count());
  return {sums.mse / n, sums.psnr / n, sums.ssim / n, sums.cross_entropy / n};
}

Yardsticks yardsticks(const OpenedRun& run, const Examples& examples) {
  Yardsticks found;
  const Tensor mean = mean_example(examples);
  found.mean = likeness(examples, [&](const Tensor& images) { return mean.expand_as(images); });
  if (!examples.is_table()) {
    for_each_images(examples, [&](const Tensor& images) {
      const Tensor values = images.to(at::kDouble).clamp(0, 1);
      found.entropy += sum_of(cross_entropy(values, values));
    });
    found.entropy /= static_cast<double>(examples.count());
  }
  if (!compares_with_components(run)) return found;
  std::string why_not;
  const auto train = run.load_if_there(Split::kTrain, why_not);
  if (!train) {
    log::info("no comparison with principal components: {}", why_not);
    return found;
  }
  const auto components = training_components(run, *train);
  found.components = components.axes.size(0);
  found.pca = likeness(examples, [&](const Tensor& images) {
    return components.restore(components.project(images.flatten(1).to(at::kDouble)));
  });
  return found;
}

}  // namespace latent
