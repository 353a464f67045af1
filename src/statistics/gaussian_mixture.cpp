#include "statistics/gaussian_mixture.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace latent::statistics {
namespace {

constexpr int64_t kLloydSteps = 10;
constexpr int64_t kBlockValues = 1 << 17;
constexpr int64_t kHeldOutShare = 5;  // one in so many points judges a fit

// Calls part(first, points[first...]) for blocks of points whose [count, K, D] products stay within
// the caches.
template <class Part>
void in_blocks(const Tensor& points, int64_t components, const Part& part) {
  const int64_t block = std::max<int64_t>(16, kBlockValues / (components * points.size(1)));
  for (int64_t first = 0; first < points.size(0); first += block)
    part(first, points.narrow(0, first, std::min(block, points.size(0) - first)));
}

// Returns log(weight) + log N(x; mean, covariance) of every point under every component: [N, K].
Tensor joint_log_density(const GaussianMixture& mixture, const Tensor& points) {
  const int64_t k = mixture.components(), d = mixture.dimensions();
  const double constant = static_cast<double>(d) * std::log(2 * std::numbers::pi);
  const Tensor factors = at::linalg_cholesky(mixture.covariances);  // [K, D, D]
  const Tensor whiteners = at::linalg_solve_triangular(
      factors, at::eye(d, points.options()).expand({k, d, d}), /*upper=*/false);
  const Tensor offsets =
      mixture.weights.log() - 0.5 * constant - factors.diagonal(0, 1, 2).log().sum(1);  // [K]
  const Tensor together = whiteners.reshape({k * d, d}).t();  // [D, K * D]
  const Tensor centres = whiteners.matmul(mixture.means.unsqueeze(2)).view({1, k * d});
  Tensor joint = at::empty({points.size(0), k}, points.options());
  in_blocks(points, k, [&](int64_t first, const Tensor& x) {
    const Tensor distances = (x.matmul(together) - centres).square_().view({-1, k, d}).sum(2);
    joint.narrow(0, first, x.size(0)).copy_(offsets - 0.5 * distances);
  });
  return joint;
}

// Returns the squared distances of points [N, D] to centres [K, D]: [N, K].
Tensor squared_distances(const Tensor& points, const Tensor& centres) {
  return (points.square().sum(1, true) - 2 * points.matmul(centres.t()) +
          centres.square().sum(1).unsqueeze(0))
      .clamp_min_(0);
}

// Chooses centres by k-means++: each is a point drawn in proportion to its squared distance from
// the centres chosen before.
Tensor spread_centres(const Tensor& points, int64_t k, at::Generator& generator) {
  const int64_t first = at::randint(points.size(0), {1}, generator).item<int64_t>();
  Tensor centres = points.narrow(0, first, 1);
  Tensor nearest = squared_distances(points, centres).squeeze(1);
  while (centres.size(0) < k) {
    const Tensor reach = nearest.cumsum(0);
    const double total = reach[-1].item<double>();
    if (!(total > 0)) break;  // fewer different points than components
    const Tensor draw = at::rand({1}, generator, at::kDouble) * total;
    const int64_t next =
        std::min(at::searchsorted(reach, draw, false, true).item<int64_t>(), points.size(0) - 1);
    const Tensor centre = points.narrow(0, next, 1);
    centres = at::cat({centres, centre});
    nearest = at::minimum(nearest, squared_distances(points, centre).squeeze(1));
  }
  return centres;
}

// Returns the component in which each point starts, one-hot: [N, K].
Tensor first_responsibilities(const Tensor& points, int64_t k, at::Generator& generator) {
  Tensor centres = spread_centres(points, k, generator);
  for (int64_t step = 0;; ++step) {
    const Tensor own = squared_distances(points, centres).argmin(1);
    const Tensor one_hot = at::one_hot(own, centres.size(0)).to(at::kDouble);
    if (step == kLloydSteps) return one_hot;
    const Tensor counts = one_hot.sum(0).unsqueeze(1);
    centres = at::where(counts > 0, one_hot.t().matmul(points) / counts.clamp_min(1), centres);
  }
}

// Returns the most likely mixture for responsibilities [N, K]; drops components without points.
// points: centred at the origin, where their second moments give exact covariances.
GaussianMixture maximise(const Tensor& points, const Tensor& responsibilities, double floor) {
  const Tensor mass = responsibilities.sum(0);
  const Tensor kept = mass.gt(1e-3).nonzero().squeeze(1);
  const Tensor r = responsibilities.index_select(1, kept), n = mass.index_select(0, kept);
  const int64_t k = n.size(0), d = points.size(1);
  const Tensor moments = at::zeros({k * d, d}, points.options());
  in_blocks(points, k, [&](int64_t first, const Tensor& x) {
    const Tensor weighted = r.narrow(0, first, x.size(0)).unsqueeze(2) * x.unsqueeze(1);
    moments.addmm_(weighted.view({-1, k * d}).t(), x);
  });
  GaussianMixture mixture;
  mixture.weights = n / n.sum();
  mixture.means = r.t().matmul(points) / n.unsqueeze(1);
  mixture.covariances = moments.view({k, d, d}) / n.view({k, 1, 1}) -
                        mixture.means.unsqueeze(2) * mixture.means.unsqueeze(1) +
                        floor * at::eye(d, points.options());
  return mixture;
}

double information_criterion(const GaussianMixture& mixture, double log_likelihood,
                             int64_t points) {
  const auto k = static_cast<double>(mixture.components());
  const auto d = static_cast<double>(mixture.dimensions());
  const double parameters = k * (d + d * (d + 1) / 2) + k - 1;
  return -2 * log_likelihood + parameters * std::log(static_cast<double>(points));
}

// Returns the next of 1, 2, 3, 4, 6, 8, 12, 16, 24, ...: the criterion is flat near the best size.
int64_t next_size(int64_t k) {
  const bool power_of_two = (k & (k - 1)) == 0;
  return k < 3 ? k + 1 : power_of_two ? k / 2 * 3 : k / 3 * 4;
}

// Returns the least variance of a component in any direction.
double variance_floor(const Tensor& points, double share) {
  const double mean_variance = points.var(0, /*unbiased=*/false).mean().item<double>();
  return std::max(share * mean_variance, 1e-10);
}

// Improves the mixture that `start` makes of centred points and the least variance.
template <class Start>
MixtureFit fitted(const Tensor& points, const MixtureOptions& options, const Start& start) {
  const Tensor given = points.to(at::kCPU, at::kDouble), middle = given.mean(0);
  const Tensor x = (given - middle).contiguous();
  const double floor = variance_floor(x, options.floor);
  const auto count = static_cast<double>(x.size(0));
  MixtureFit fit;
  fit.mixture = start(x, floor);
  double before = -std::numeric_limits<double>::infinity();
  for (int64_t i = 0;; ++i) {
    const Tensor joint = joint_log_density(fit.mixture, x);
    const Tensor density = joint.logsumexp(1);
    fit.log_likelihood = density.sum().item<double>();
    const bool settled = fit.log_likelihood - before < options.tolerance * count;
    if (settled || i == options.iterations) break;
    before = fit.log_likelihood;
    fit.mixture = maximise(x, (joint - density.unsqueeze(1)).exp_(), floor);
  }
  fit.mixture.means += middle;
  fit.bic = information_criterion(fit.mixture, fit.log_likelihood, x.size(0));
  return fit;
}

// Goes on from a mixture, with more points.
MixtureFit improved(const GaussianMixture& mixture, const Tensor& points,
                    const MixtureOptions& options) {
  const Tensor middle = points.to(at::kCPU, at::kDouble).mean(0);
  return fitted(points, options, [&](const Tensor&, double) {
    GaussianMixture moved = mixture;
    moved.means = mixture.means - middle;
    return moved;
  });
}

// Whether the mean of paired differences [N] exceeds its standard error.
bool gains(const Tensor& differences) {
  const double error =
      differences.std().item<double>() / std::sqrt(static_cast<double>(differences.numel()));
  return differences.mean().item<double>() > error;
}

}  // namespace

Tensor GaussianMixture::log_density(const Tensor& points) const {
  expect_shape(points, {-1, dimensions()}, "mixture");
  return joint_log_density(*this, points.to(at::kDouble)).logsumexp(1);
}

Tensor GaussianMixture::sample(int64_t count, double spread, at::Generator& generator) const {
  const Tensor reach = weights.cumsum(0);
  const Tensor own = at::searchsorted(reach, at::rand({count}, generator, at::kDouble))
                         .clamp_max_(components() - 1);
  const Tensor noise = at::randn({count, dimensions()}, generator, at::kDouble) * spread;
  const Tensor factors = at::linalg_cholesky(covariances);
  Tensor z = means.index_select(0, own);
  for (int64_t k = 0; k < components(); ++k) {
    const Tensor rows = own.eq(k).nonzero().squeeze(1);
    z.index_add_(0, rows, noise.index_select(0, rows).matmul(factors[k].t()));
  }
  return z.to(at::kFloat);
}

MixtureFit fit_mixture(const Tensor& points, int64_t k, at::Generator& generator,
                       const MixtureOptions& options) {
  expect_shape(points, {-1, -1}, "mixture");
  TORCH_CHECK(k >= 1 && points.size(0) > k, "mixture: ", points.size(0), " points for ", k,
              " components");
  return fitted(points, options, [&](const Tensor& x, double floor) {
    return maximise(x, first_responsibilities(x, k, generator), floor);
  });
}

MixtureFit choose_mixture(const Tensor& points, at::Generator& generator,
                          const MixtureOptions& options,
                          const std::function<void(const MixtureFit&)>& tried) {
  const int64_t searched = std::min(points.size(0), options.most_searched);
  const int64_t held = searched / kHeldOutShare;
  if (held < 2) return fit_mixture(points, 1, generator, options);
  const Tensor order = at::randperm(points.size(0), generator, at::kLong);
  const Tensor judged = points.index_select(0, order.narrow(0, 0, held)).to(at::kDouble);
  const Tensor learned = points.index_select(0, order.narrow(0, held, searched - held));
  MixtureOptions quick = options;
  quick.iterations = std::max<int64_t>(1, options.iterations / 2);
  GaussianMixture best;
  Tensor best_density;  // [held]
  int64_t worse = 0;
  for (int64_t k = 1; k <= options.most_components && k < learned.size(0) && worse < 2;
       k = next_size(k)) {
    MixtureFit fit = fit_mixture(learned, k, generator, quick);
    const Tensor density = fit.mixture.log_density(judged);
    fit.held_out = density.mean().item<double>();
    if (tried) tried(fit);
    const bool better = k == 1 || gains(density - best_density);
    worse = better ? 0 : worse + 1;
    if (!better) continue;
    best = std::move(fit.mixture);
    best_density = density;
  }
  MixtureFit all = improved(best, points, quick);
  all.held_out = best_density.mean().item<double>();
  return all;
}

}  // namespace latent::statistics
