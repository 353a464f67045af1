#include "sets/shapes_grid.h"

#include <algorithm>
#include <array>
#include <numbers>

namespace latent {
namespace {

constexpr std::array<int64_t, 5> kLevels{3, 6, 40, 32, 32};

// share: of the factor's range, in [0, 1).
int64_t level_at(double share, size_t factor) {
  const auto level = static_cast<int64_t>(share * static_cast<double>(kLevels[factor]));
  return std::clamp<int64_t>(level, 0, kLevels[factor] - 1);
}

// From 0 for the first level to 1 for the last one.
double share_of(int64_t level, size_t factor) {
  return static_cast<double>(level) / static_cast<double>(kLevels[factor] - 1);
}

}  // namespace

const std::vector<GridFactor>& shapes_grid_factors() {
  static const std::vector<GridFactor> factors{{"shape", kLevels[0]},
                                               {"scale", kLevels[1]},
                                               {"rotation", kLevels[2]},
                                               {"x", kLevels[3]},
                                               {"y", kLevels[4]}};
  return factors;
}

Factors grid_factors(int64_t number) {
  std::array<int64_t, kLevels.size()> level{};
  for (size_t f = kLevels.size(); f-- > 0; number /= kLevels[f])
    level[f] = number % kLevels[f];
  return {.shape = level[0],
          .scale = 0.5 + 0.5 * share_of(level[1], 1),
          .rotation = 2 * std::numbers::pi * static_cast<double>(level[2]) /
                      static_cast<double>(kLevels[2]),
          .x = share_of(level[3], 3),
          .y = share_of(level[4], 4),
          .hue = 0};
}

int64_t grid_number(const Factors& factors) {
  const std::array<int64_t, kLevels.size()> level{
      factors.shape, level_at((factors.scale - 0.5) / 0.5, 1),
      level_at(factors.rotation / (2 * std::numbers::pi), 2), level_at(factors.x, 3),
      level_at(factors.y, 4)};
  int64_t number = 0;
  for (size_t f = 0; f < kLevels.size(); ++f)
    number = number * kLevels[f] + level[f];
  return number;
}

}  // namespace latent
