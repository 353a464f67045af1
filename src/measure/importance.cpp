#include "measure/importance.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace latent {
namespace {

constexpr int64_t kDrawnTogether = 16;  // latents of each image

// The logarithm of a sum whose terms come one after another: [B] float64.
class LogSum {
 public:
  void add(const Tensor& term) { sum_ = sum_.defined() ? at::logaddexp(sum_, term) : term; }
  const Tensor& value() const { return sum_; }

 private:
  Tensor sum_;
};

}  // namespace

Evidence importance_sampled(const Posterior& proposal, int64_t samples, at::Generator noise,
                            const std::function<Tensor(const Tensor& z)>& log_likelihood) {
  const Tensor deviation = at::exp(0.5 * proposal.logvar);
  const Tensor half_log_variance = 0.5 * proposal.logvar.flatten(1).to(at::kDouble).sum(1);
  LogSum weights, squares;
  for (int64_t first = 0; first < samples; first += kDrawnTogether) {
    std::vector<int64_t> sizes{std::min(kDrawnTogether, samples - first)};  // [n, B, ...]
    sizes.insert(sizes.end(), deviation.sizes().begin(), deviation.sizes().end());
    const Tensor epsilon = at::randn(sizes, noise, at::kFloat).to(deviation.options());
    const Tensor z = at::addcmul(proposal.mean, deviation, epsilon);
    std::vector<Tensor> explained;
    for (const Tensor& each : z.unbind())
      explained.push_back(log_likelihood(each));
    // log p(z) - log q(z): the constants of both densities cancel.
    const Tensor ratio =
        (at::square(epsilon) - at::square(z)).flatten(2).sum(2, false, at::kDouble);
    const Tensor weight = at::stack(explained).to(at::kDouble) + 0.5 * ratio + half_log_variance;
    weights.add(weight.logsumexp(0));
    squares.add((2 * weight).logsumexp(0));
  }
  return {.log_evidence = (weights.value() - std::log(static_cast<double>(samples))).cpu(),
          .effective_samples = at::exp(2 * weights.value() - squares.value()).cpu()};
}

}  // namespace latent
