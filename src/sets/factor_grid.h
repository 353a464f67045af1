// A data set that can draw any combination of its factors' levels.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace latent {

/// A factor that takes one of a few values: its levels 0, 1, ...
struct GridFactor {
  std::string name;  // of the attribute that holds its values
  int64_t levels = 0;
};

/// All combinations of the levels of some factors, numbered as dSprites numbers its images: the
/// last factor changes from one number to the next.
struct FactorGrid {
  std::vector<GridFactor> factors;  // K of them
  /// Draws the images of some numbers, [M] int64, with their attributes.
  std::function<Examples(const Tensor& numbers)> render;

  /// Returns how many combinations there are.
  int64_t count() const;
  /// Returns the levels of the combinations `numbers`, [M] int64: [M, K] int64. Throws Error for a
  /// number outside the grid.
  Tensor levels(const Tensor& numbers) const;
  /// Returns the numbers of combinations of levels, [M, K] int64: [M] int64. Throws Error for a
  /// level that a factor does not have.
  Tensor numbers(const Tensor& levels) const;
};

}  // namespace latent
