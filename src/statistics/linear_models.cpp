#include "statistics/linear_models.h"

#include <ATen/ATen.h>
#include <torch/optim/lbfgs.h>

#include <algorithm>

namespace latent::statistics {
namespace {

constexpr int64_t kMaxSteps = 200;
constexpr double kLeastTestShare = 0.1;

// Divides the objective by the number of rows, so that the tolerances of the search do not depend
// on it.
Tensor slopes(const Tensor& x, const Tensor& wanted, const Tensor& weights, double penalty,
              Tensor& loss) {
  const auto rows = static_cast<double>(x.size(0));
  const Tensor w = weights.narrow(0, 0, x.size(1));  // [D, C]
  const Tensor log_p = at::log_softmax(at::addmm(weights[-1], x, w), 1);
  const double decay = penalty / rows;
  loss = -(wanted * log_p).sum() / rows + 0.5 * decay * at::square(w).sum();
  const Tensor pull = (log_p.exp() - wanted) / rows;  // [N, C]
  return at::cat({x.t().mm(pull) + decay * w, pull.sum(0, /*keepdim=*/true)});
}

}  // namespace

Standardizer::Standardizer(const Tensor& x) : center(x.mean(0).to(at::kFloat)) {
  const Tensor deviation = x.std(0, /*unbiased=*/false).to(at::kFloat);
  const auto least = kLeastTestShare * at::square(deviation).mean().sqrt().item<double>();
  scale = deviation.clamp_min(std::max(least, 1e-12));
}

Tensor Standardizer::apply(const Tensor& x) const {
  return (x.to(at::kFloat) - center).div_(scale);
}

Tensor SoftmaxRegression::predict(const Tensor& x) const {
  const Tensor w = weights.narrow(0, 0, x.size(1));
  return at::addmm(weights[-1], x.to(at::kFloat), w).argmax(1);
}

SoftmaxRegression fit_softmax(const Tensor& x, const Tensor& classes, int64_t count,
                              double penalty) {
  expect_shape(classes, {x.size(0)}, "classes");
  const Tensor features = x.to(at::kFloat);
  const Tensor wanted = at::one_hot(classes, count).to(at::kFloat);  // [N, C]
  Tensor weights = at::zeros({x.size(1) + 1, count});
  const auto options = torch::optim::LBFGSOptions(1.0)
                           .max_iter(kMaxSteps)
                           .tolerance_grad(1e-6)
                           .tolerance_change(1e-8)
                           .history_size(20)
                           .line_search_fn("strong_wolfe");
  torch::optim::LBFGS search(std::vector<Tensor>{weights}, options);
  search.step([&] {
    const torch::NoGradGuard no_grad;
    Tensor loss;
    weights.mutable_grad() = slopes(features, wanted, weights, penalty, loss);
    return loss;
  });
  return {weights.detach()};
}

Tensor Ridge::predict(const Tensor& x) const {
  return at::addmv(weights[-1].expand({x.size(0)}), x.to(at::kDouble),
                   weights.narrow(0, 0, x.size(1)));
}

Ridge fit_ridge(const Tensor& x, const Tensor& y, double penalty) {
  expect_shape(y, {x.size(0)}, "values to predict");
  const Tensor center = x.to(at::kDouble).mean(0), level = y.to(at::kDouble).mean();
  const Tensor features = x.to(at::kDouble) - center;
  Tensor gram = features.t().mm(features);
  gram.diagonal().add_(penalty);
  const Tensor w = at::linalg_solve(gram, features.t().mv(y.to(at::kDouble) - level));
  return {at::cat({w, (level - center.dot(w)).unsqueeze(0)})};
}

}  // namespace latent::statistics
