#include "measure/importance.h"

#include <ATen/ATen.h>

#include <cmath>

namespace latent {
namespace {

// The logarithm of a sum whose terms come one after another: [B] float64.
class LogSum {
 public:
  void add(const Tensor& term) { sum_ = sum_.defined() ? at::logaddexp(sum_, term) : term; }
  const Tensor& value() const { return sum_; }

 private:
  Tensor sum_;
};

}  // namespace

Evidence importance_sampled(const Posterior& proposal, int64_t samples, const Noise& noise,
                            const std::function<Tensor(const Tensor& z)>& log_likelihood) {
  const Tensor deviation = at::exp(0.5 * proposal.logvar);
  const Tensor half_log_variance = 0.5 * proposal.logvar.flatten(1).to(at::kDouble).sum(1);
  LogSum weights, squares;
  for (int64_t i = 0; i < samples; ++i) {
    const Tensor epsilon = noise.normal(proposal.mean.sizes(), proposal.mean.options());
    const Tensor z = at::addcmul(proposal.mean, deviation, epsilon);
    // log p(z) - log q(z): the constants of both densities cancel.
    const Tensor ratio = 0.5 * (at::square(epsilon) - at::square(z)).flatten(1).sum(1, false, at::kDouble);
    const Tensor weight = log_likelihood(z).to(at::kDouble) + ratio + half_log_variance;
    weights.add(weight);
    squares.add(2 * weight);
  }
  return {.log_evidence = (weights.value() - std::log(static_cast<double>(samples))).cpu(),
          .effective_samples = at::exp(2 * weights.value() - squares.value()).cpu()};
}

}  // namespace latent
