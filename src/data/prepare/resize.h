// Resizes many images in memory, on all threads and without image codecs.
#pragma once

#include <cstdint>
#include <string>

#include "core/tensor.h"

namespace latent {

/// The part of a side that is resized, in pixels of an image that has `from` of them, to `to`.
struct Span {
  double begin = 0, length = 0;
  int64_t from = 0, to = 0;

  double step() const { return length / static_cast<double>(to); }
};

/// Resizes parts of images.
///
/// pixels: [N, H, W, C] uint8, contiguous; rows.from is H, columns.from W.  Returns [N, rows.to,
/// columns.to, C]. area: each new pixel is the mean of the area it covers; bilinear: a sample
/// between pixel centres, without antialiasing.
Tensor resize(const Tensor& pixels, const Span& rows, const Span& columns,
              const std::string& filter);

}  // namespace latent
