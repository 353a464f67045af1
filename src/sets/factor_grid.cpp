#include "sets/factor_grid.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include "core/error.h"

namespace latent {
namespace {

void check_below(const Tensor& values, int64_t limit, const std::string& what) {
  if (values.numel() == 0) return;
  const auto low = values.min().item<int64_t>(), high = values.max().item<int64_t>();
  if (low < 0 || high >= limit) {
    throw Error(fmt::format("{}: got {}; expected 0 to {}", what, low < 0 ? low : high, limit - 1));
  }
}

}  // namespace

int64_t FactorGrid::count() const {
  int64_t product = 1;
  for (const auto& factor : factors)
    product *= factor.levels;
  return product;
}

Tensor FactorGrid::levels(const Tensor& numbers) const {
  expect_shape(numbers, {-1}, "numbers of a grid");
  check_below(numbers, count(), "number of a grid");
  const auto width = static_cast<int64_t>(factors.size());
  const Tensor found = at::empty({numbers.size(0), width}, at::kLong);
  Tensor rest = numbers;
  for (int64_t f = width - 1; f >= 0; --f) {
    const int64_t levels = factors[static_cast<size_t>(f)].levels;
    found.select(1, f).copy_(rest.remainder(levels));
    rest = rest.div(levels, "floor");
  }
  return found;
}

Tensor FactorGrid::numbers(const Tensor& levels) const {
  const auto width = static_cast<int64_t>(factors.size());
  expect_shape(levels, {-1, width}, "levels of a grid");
  Tensor found = at::zeros({levels.size(0)}, at::kLong);
  for (int64_t f = 0; f < width; ++f) {
    const auto& factor = factors[static_cast<size_t>(f)];
    check_below(levels.select(1, f), factor.levels, "level of " + factor.name);
    found = found * factor.levels + levels.select(1, f);
  }
  return found;
}

}  // namespace latent
