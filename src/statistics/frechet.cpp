#include "statistics/frechet.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace latent::statistics {
namespace {

constexpr int64_t kGroups = 20;
constexpr double kStudent = 2.093024054408263;  // the 97.5% quantile of t with 19 degrees

// Sums from which the moments of a set without one of its groups follow. Around a point near the
// mean, where the differences of the sums keep their digits.
struct Totals {
  int64_t count = 0;
  Tensor sum, products;  // [D], [D, D]
};

Totals totals(const Tensor& centred) {
  return {centred.size(0), centred.sum(0), centred.t().matmul(centred)};
}

Totals without(const Totals& all, const Totals& part) {
  return {all.count - part.count, all.sum - part.sum, all.products - part.products};
}

Moments moments_of(const Totals& found, const Tensor& centre) {
  const auto n = static_cast<double>(found.count);
  const Tensor mean = found.sum / n;
  return {.count = found.count,
          .mean = centre + mean,
          .covariance = (found.products - n * mean.unsqueeze(1) * mean.unsqueeze(0)) / (n - 1)};
}

Tensor symmetric_root(const Tensor& matrix) {
  const auto [values, vectors] = at::linalg_eigh(matrix);
  return vectors.matmul((values.clamp_min(0).sqrt().unsqueeze(1) * vectors.t()));
}

// The totals of each of the groups: the rows i, i + 20, i + 40, ... of centred features.
std::vector<Totals> group_totals(const Tensor& centred) {
  std::vector<Totals> groups;
  for (int64_t i = 0; i < kGroups; ++i)
    groups.push_back(totals(centred.slice(0, i, std::nullopt, kGroups)));
  return groups;
}

Interval jackknife(const std::vector<double>& left_out, double value) {
  const auto groups = static_cast<double>(left_out.size());
  double mean = 0, squares = 0;
  for (const double each : left_out)
    mean += each / groups;
  for (const double each : left_out)
    squares += (each - mean) * (each - mean);
  const double half = kStudent * std::sqrt(squares * (groups - 1) / groups);
  return {std::max(0.0, value - half), value + half};
}

}  // namespace

Moments moments(const Tensor& features) {
  expect_shape(features, {-1, -1}, "features");
  const Tensor x = features.to(at::kCPU, at::kDouble), centre = x.mean(0);
  return moments_of(totals(x - centre), centre);
}

void expect_enough(int64_t count, int64_t dimensions, const std::string& what) {
  if (count > dimensions) return;
  throw Error(fmt::format("{} {}: too few for the covariance of {} features; expected {} or more",
                          count, what, dimensions, dimensions + 1));
}

double frechet_distance(const Moments& one, const Moments& other) {
  const Tensor root = symmetric_root(one.covariance);
  const Tensor inner = root.matmul(other.covariance).matmul(root);
  const Tensor eigenvalues = at::linalg_eigvalsh((inner + inner.t()) / 2).clamp_min(0);
  const double apart = at::square(one.mean - other.mean).sum().item<double>();
  const double spread = (one.covariance + other.covariance).trace().item<double>();
  return std::max(0.0, apart + spread - 2 * eigenvalues.sqrt().sum().item<double>());
}

Frechet frechet(const Tensor& a, const std::string& one, const Tensor& b,
                const std::string& other) {
  const int64_t dimensions = a.size(1);
  expect_shape(b, {-1, dimensions}, "features");
  expect_enough(a.size(0), dimensions, one);
  expect_enough(b.size(0), dimensions, other);
  const Tensor x = a.to(at::kCPU, at::kDouble), y = b.to(at::kCPU, at::kDouble);
  const Tensor middle_x = x.mean(0), middle_y = y.mean(0);
  const Totals all_x = totals(x - middle_x), all_y = totals(y - middle_y);
  Frechet found{.value = frechet_distance(moments_of(all_x, middle_x), moments_of(all_y, middle_y)),
                .interval = {}};
  const int64_t fewest = std::min(x.size(0), y.size(0));
  if (fewest - (fewest + kGroups - 1) / kGroups <= dimensions || fewest < kGroups) return found;
  const auto groups_x = group_totals(x - middle_x), groups_y = group_totals(y - middle_y);
  std::vector<double> left_out;
  for (size_t i = 0; i < groups_x.size(); ++i)
    left_out.push_back(frechet_distance(moments_of(without(all_x, groups_x[i]), middle_x),
                                        moments_of(without(all_y, groups_y[i]), middle_y)));
  found.interval = jackknife(left_out, found.value);
  return found;
}

}  // namespace latent::statistics
