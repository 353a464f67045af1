#include "space/information.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace latent::space {
namespace {

// Latents and posteriors compared at once: their densities stay in a processor's cache.
constexpr int64_t kLatentsAtOnce = 64, kPosteriorsAtOnce = 1024;

// The sum of exp(terms) over dim 1, as a logarithm, added to the sums so far.
void accumulate(Tensor& sums, const Tensor& terms) {
  const Tensor here = terms.logsumexp(1).to(at::kDouble);
  sums = sums.defined() ? at::logaddexp(sums, here) : here;
}

// log q(z) and log q(z_j) of some latents.
struct MixtureDensity {
  Tensor joint;   // [m] float64
  Tensor single;  // [m, Z] float64
};

// z: [m, Z].  scale, shift: [N, Z] such that log q(z_j | x) = shift - (z_j - mean)^2 * scale.
MixtureDensity mixture_density(const Tensor& z, const Tensor& mean, const Tensor& scale,
                               const Tensor& shift) {
  MixtureDensity density;
  for (int64_t first = 0; first < mean.size(0); first += kPosteriorsAtOnce) {
    const int64_t count = std::min(kPosteriorsAtOnce, mean.size(0) - first);
    const auto part = [&](const Tensor& of) { return of.narrow(0, first, count); };
    // [m, n, Z]
    const Tensor each =
        at::addcmul(part(shift), at::square(z.unsqueeze(1) - part(mean)), part(scale), -1);
    accumulate(density.single, each);
    accumulate(density.joint, each.sum(2));
  }
  const double all = std::log(static_cast<double>(mean.size(0)));
  density.joint -= all;
  density.single -= all;
  return density;
}

}  // namespace

Information decompose(const Posterior& posteriors, const Tensor& indices, const Noise& noise) {
  const Tensor mean = posteriors.mean.flatten(1), logvar = posteriors.logvar.flatten(1);
  const double half_log_2pi = 0.5 * std::log(2 * std::numbers::pi);
  const Tensor scale = 0.5 * at::exp(-logvar), shift = -0.5 * logvar - half_log_2pi;
  const Tensor own = mean.index_select(0, indices), spread = logvar.index_select(0, indices);
  const Tensor epsilon = noise.normal(own.sizes(), own.options());
  const Tensor z = at::addcmul(own, at::exp(0.5 * spread), epsilon);  // [M, Z]
  const Tensor conditional =
      (-0.5 * at::square(epsilon) - 0.5 * spread - half_log_2pi).sum(1, false, at::kDouble);
  const Tensor prior = (-0.5 * at::square(z) - half_log_2pi).sum(1, false, at::kDouble);

  std::vector<Tensor> joint, single;
  for (const Tensor& part : z.split(kLatentsAtOnce)) {
    const MixtureDensity density = mixture_density(part, mean, scale, shift);
    joint.push_back(density.joint);
    single.push_back(density.single.sum(1));
  }
  const Tensor log_joint = at::cat(joint), log_single = at::cat(single);
  return {.mutual_information = conditional - log_joint,
          .total_correlation = log_joint - log_single,
          .dimension_kl = log_single - prior,
          .kl = conditional - prior};
}

}  // namespace latent::space
