#include "model/shared_batch_norm.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <vector>

namespace latent {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

std::vector<int64_t> all_but_channels(const Tensor& x) {
  std::vector<int64_t> dimensions{0};
  for (int64_t i = 2; i < x.dim(); ++i)
    dimensions.push_back(i);
  return dimensions;
}

// [C] as it multiplies x: [1, C, 1, 1].
Tensor along_channels(const Tensor& of, const Tensor& x) {
  std::vector<int64_t> sizes(static_cast<size_t>(x.dim()), 1);
  sizes[1] = -1;
  return of.view(sizes);
}

// A model in double precision keeps it.
Tensor float_or_double(const Tensor& x) {
  return x.scalar_type() == at::kDouble ? x : x.to(at::kFloat);
}

int64_t values_of_a_channel(const Tensor& x) { return x.numel() / x.size(1); }

// Joins the parts' means and sums of squares about them: one exchange, and no digits are lost where
// the mean is large. Source: Chan et al. 1979, "Updating formulae and a pairwise algorithm for
// computing sample variances".
BatchStatistics joined_statistics(const Tensor& x, const Together& together) {
  const auto dimensions = all_but_channels(x);
  const Tensor mean = x.mean(dimensions);
  const Tensor squares = at::square(x - along_channels(mean, x)).sum(dimensions);
  const int64_t channels = x.size(1), each = values_of_a_channel(x) / x.size(0);
  const Tensor parts =
      at::zeros({together.world().size(), 2, channels}, x.options().dtype(at::kDouble));
  parts[together.world().rank()].copy_(at::stack({mean, squares}));
  together.world().sum(parts);
  const Tensor counts =
      at::tensor(at::ArrayRef<int64_t>(together.counts()), at::kDouble).to(x.device()) *
      static_cast<double>(each);
  const Tensor weights = counts.unsqueeze(1);  // [parts, 1]
  const Tensor means = parts.select(1, 0);     // [parts, C]
  const int64_t count = together.total() * each;
  const Tensor whole = (means * weights).sum(0) / static_cast<double>(count);
  const Tensor spread = (at::square(means - whole) * weights).sum(0) + parts.select(1, 1).sum(0);
  return {.mean = whole.to(x.scalar_type()),
          .variance = (spread / static_cast<double>(count)).to(x.scalar_type()),
          .count = count};
}

struct SharedBatchNorm : torch::autograd::Function<SharedBatchNorm> {
  static variable_list forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                               const Tensor& bias, double epsilon, const Together* together) {
    const Tensor wide = float_or_double(x);
    const BatchStatistics statistics = joined_statistics(wide, *together);
    const Tensor inverse = at::rsqrt(statistics.variance + epsilon);
    const Tensor scale = weight * inverse;
    const Tensor shift = bias - statistics.mean * scale;
    context->save_for_backward({x, weight, statistics.mean, inverse});
    context->saved_data["count"] = statistics.count;
    context->saved_data["world"] = reinterpret_cast<int64_t>(&together->world());
    const Tensor y =
        (wide * along_channels(scale, x) + along_channels(shift, x)).to(x.scalar_type());
    context->mark_non_differentiable({statistics.mean, statistics.variance});
    return {y, statistics.mean, statistics.variance};
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &mean = saved[2], &inverse = saved[3];
    const auto* world = reinterpret_cast<const World*>(context->saved_data["world"].toInt());
    const auto count = static_cast<double>(context->saved_data["count"].toInt());
    const Tensor gradient = float_or_double(gradients[0]);
    const Tensor normal =
        (float_or_double(x) - along_channels(mean, x)) * along_channels(inverse, x);
    const auto dimensions = all_but_channels(x);
    // Of this part: the step adds up the processes' gradients of weight and bias.
    const Tensor of_bias = gradient.sum(dimensions),
                 of_weight = (gradient * normal).sum(dimensions);
    const Tensor sums = at::stack({of_bias, of_weight});
    world->sum(sums);
    const Tensor means = sums / count;
    const Tensor of_x =
        along_channels(weight * inverse, x) *
        (gradient - along_channels(means[0], x) - normal * along_channels(means[1], x));
    return {of_x.to(x.scalar_type()), of_weight, of_bias, Tensor(), Tensor()};
  }
};

}  // namespace

std::pair<Tensor, BatchStatistics> shared_batch_norm(const Tensor& x, const Tensor& weight,
                                                     const Tensor& bias, double epsilon,
                                                     const Together& together) {
  TORCH_CHECK(x.dim() >= 2, "batch normalisation of [B, C, ...]");
  const auto results = SharedBatchNorm::apply(x, weight, bias, epsilon, &together);
  const int64_t each = values_of_a_channel(x) / x.size(0);
  return {results[0],
          {.mean = results[1], .variance = results[2], .count = together.total() * each}};
}

}  // namespace latent
