#include "statistics/group_test.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "statistics/student.h"

namespace latent::statistics {
namespace {

// Sums of squares that are rounding errors of the numbers count as 0.
double squares_around_mean(const Tensor& values) {
  return at::square(values - values.mean()).sum().item<double>();
}

Tested t_test(double value, double variance, double degrees) {
  const double error = std::sqrt(variance);
  if (!(error > 0)) return {value, value, value == 0 ? 1.0 : 0.0};
  const double half = student_quantile(degrees) * error;
  return {value - half, value + half, student_p(value / error, degrees)};
}

}  // namespace

GroupDifference compare_groups(const Tensor& first, const Tensor& second) {
  const Tensor a = first.to(at::kDouble), b = second.to(at::kDouble);
  const Tensor paired = b.mean(0) - a.mean(0);  // [N]
  const auto images = static_cast<double>(paired.numel());
  GroupDifference found{.value = paired.mean().item<double>(), .images = {}, .seeds = {}};
  if (images < 2) return found;
  const double of_images = squares_around_mean(paired) / (images - 1) / images;
  found.images = t_test(found.value, of_images, images - 1);

  const auto models_a = static_cast<double>(a.size(0)), models_b = static_cast<double>(b.size(0));
  const double degrees = models_a + models_b - 2;
  if (degrees < 1) return found;
  const double spread = (squares_around_mean(a.mean(1)) + squares_around_mean(b.mean(1))) / degrees;
  const double of_seeds = spread * (1 / models_a + 1 / models_b), all = of_images + of_seeds;
  const double parts = of_seeds * of_seeds / degrees + of_images * of_images / (images - 1);
  found.seeds = t_test(found.value, all, parts > 0 ? all * all / parts : degrees);
  return found;
}

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<size_t> order;
  for (size_t i = 0; i < p.size(); ++i) {
    if (!std::isnan(p[i])) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted = p;
  double least = 0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    least =
        std::max(least, std::min(1.0, p[order[rank]] * static_cast<double>(order.size() - rank)));
    adjusted[order[rank]] = least;
  }
  return adjusted;
}

}  // namespace latent::statistics
