// The factors of `shapes` on the grid of dSprites: 3 shapes, 6 scales, 40 rotations and 32 x 32
// positions.
#pragma once

#include "sets/factor_grid.h"
#include "sets/shapes.h"

namespace latent {

/// Returns the names and the numbers of levels: shape, scale, rotation, x, y.
/// Source: Matthey et al. 2017, dSprites. Its last rotation, 2 pi, draws the images of its first,
/// 0; here the 40 rotations are evenly spaced and all differ.
const std::vector<GridFactor>& shapes_grid_factors();

/// Returns the factors of the combination `number`; hue 0.
Factors grid_factors(int64_t number);

/// Returns the number of the cell of the grid that these factors lie in; each factor's range is cut
/// into as many equal parts as it has levels, so that uniform factors make uniform levels.
int64_t grid_number(const Factors& factors);

}  // namespace latent
