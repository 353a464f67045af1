// Numbers as pixels: which value is black and which is white.
#pragma once

#include <string>

#include "config/section.h"
#include "core/tensor.h"

namespace latent {

/// The keys `black` and `white` of section `data`.
struct RangeOptions {
  double black = 0, white = 0;  // white 0: chosen by the numbers
  std::string black_key;        // where it stands, for messages

  void read(Section& data);
};

/// The smallest and the largest of numbers, those that are not finite left aside.
struct Extent {
  double low = 0, high = 0;
  bool whole = true;  // all are whole numbers
  bool any = false;   // there is a finite one

  /// values: of any shape, uint8 or float64.
  void add(const Tensor& values);
};

class PixelRange {
 public:
  /// automatic_white: the value of white if the options name none. Throws Error if black is not
  /// below white.
  PixelRange(const RangeOptions& options, double automatic_white);

  double black() const { return black_; }
  double white() const { return white_; }

  /// Returns which of N images hold a value beyond black or white by more than rounding: [N] bool.
  /// Values that are not finite are not counted.  values: [N, ...].
  Tensor beyond(const Tensor& values) const;
  /// Throws Error for an image for which `beyond` holds.  all: the extent of all images, for the
  /// values of black and white that the message offers.
  [[noreturn]] void refuse(const std::string& name, const Tensor& image, int64_t index,
                           const Extent& all) const;
  /// Returns uint8 of the same shape, contiguous: 0 for black and values that are not finite, 255
  /// for white.
  Tensor to_bytes(const Tensor& values) const;

 private:
  double slack() const;

  double black_ = 0, white_ = 0;
};

/// Returns "data.black: -1 and data.white: 1" or "data.white: 255": what numbers of this extent
/// probably mean.
std::string offered_range(const Extent& extent);

/// Whether the numbers reach from -1 to 1, both ends within a hundredth, as a tanh leaves them.
bool spans_minus_one_to_one(const Extent& extent);

/// Returns which of N images hold a value that is not finite: [N] bool.  values: [N, ...].
Tensor not_finite(const Tensor& values);

/// Returns a warning if these pixels are darker than a quarter of white, else "".
std::string dark_warning(const std::string& name, const Extent& extent, const PixelRange& range);

}  // namespace latent
