#include "analysis/pca_comparison.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "session/for_each_batch.h"

namespace latent {
namespace {

constexpr int64_t kTried = 200;     // latents to test a decoder for linearity with
constexpr double kStraight = 1e-4;  // deviation of a linear decoder, as a share of its output

}  // namespace

PcaComparison compare_with_pca(const OpenedRun& run,
                               const statistics::PrincipalComponents& components,
                               const Examples& examples, bool quiet) {
  const torch::NoGradGuard no_grad;
  PcaComparison sums;
  std::vector<Tensor> latents, coordinates;
  for_each_batch(examples.count(), "comparing", quiet, [&](int64_t first, int64_t count) {
    const ExampleBatch batch = batch_of(examples, first, count);
    const Tensor rows = batch.images.flatten(1).to(at::kDouble);
    const auto squared = [&](const Tensor& other) {
      return at::square(rows - other).sum().item<double>();
    };
    const Latent latent = run.encode(batch);
    latents.push_back(latent.code);
    sums.model += squared(run.pictures(latent.code, latent.condition).flatten(1).to(at::kDouble));
    coordinates.push_back(components.project(rows));
    sums.pca += squared(components.restore(coordinates.back()));
  });
  const auto n = static_cast<double>(examples.count());
  return {sums.model / n, sums.pca / n, at::cat(latents), at::cat(coordinates)};
}

std::optional<Tensor> linear_decoder(const OpenedRun& run, const Tensor& latents) {
  const int64_t z = run.model->latent_dim();
  const auto output = [&](const Tensor& code) {
    return run.pictures(code).flatten(1).to(at::kDouble);
  };
  const auto differ = [](const Tensor& a, const Tensor& b, const Tensor& origin) {
    return (a - b).norm().item<double>() > kStraight * (a - origin).norm().item<double>();
  };
  const Tensor some = latents.narrow(0, 0, std::min(kTried, latents.size(0)));
  const Tensor others = some.flip(0), offset = output(at::zeros({1, z}));  // [1, D]
  if (differ(output(some) + output(others) - offset, output(some + others), offset))
    return std::nullopt;
  const Tensor columns = (output(at::eye(z)) - offset).t();  // [D, Z]
  if (differ(output(some), some.to(at::kDouble).mm(columns.t()) + offset, offset))
    return std::nullopt;
  return columns;
}

}  // namespace latent
