// Rows of a table as pictures.
#pragma once

#include <string>

#include "core/tensor.h"
#include "sets/picture_rows.h"
#include "sets/pixel_range.h"

namespace latent {

/// Returns the range of these numbers: white is 255 for whole numbers above 1, else 1, unless the
/// options say otherwise.
PixelRange range_of_rows(const RangeOptions& options, const Extent& extent);

/// Returns the pictures of the rows, [N, H, W, C] uint8.
///
/// name: of the file, for messages.  values: [N, D] float64; NaN becomes black.  all: the extent of
/// all rows of the set.  Throws Error if a value lies beyond black or white, or as PictureLayout
/// does.
Tensor table_pictures(const std::string& name, const Tensor& values, const PictureOptions& options,
                      const PixelRange& range, const Extent& all);

}  // namespace latent
