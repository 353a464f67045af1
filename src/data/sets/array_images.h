// Arrays of numbers as images: finds the layout of the dimensions and the value of white.
#pragma once

#include <string>

#include "config/section.h"
#include "core/image_shape.h"
#include "format/npy_array.h"

namespace latent {

/// The keys `layout` and `white` of section `data`.
struct ArrayOptions {
  std::string layout = "auto";
  double white = 0;
  std::string layout_key, white_key;  // where they stand, for messages

  void read(Section& data);
};

/// An array read as images.
class ArrayImages {
 public:
  /// Throws Error naming the array if it is not [N, H, W], [N, H, W, C] or [N, C, H, W] with C 1 or
  /// 3, if the layout is ambiguous, or if its values are integers of more than a byte.
  ArrayImages(OpenStream open, const ArrayOptions& options);

  int64_t count() const { return array_.count(); }
  const ImageShape& shape() const { return shape_; }
  const std::string& name() const { return array_.name(); }
  /// Returns a message about the values to log, or "".
  const std::string& note() const { return note_; }

  /// Reads images first to first + count - 1, fastest in ascending order. Returns [count, H, W, C]
  /// uint8, where 255 is white. Throws Error naming the image if a value lies outside [0, white].
  Tensor read(int64_t first, int64_t count);

 private:
  void find_layout(const ArrayOptions& options);
  void find_white(double given);
  void check_values(const Tensor& values, int64_t first) const;

  NpyArray array_;
  ImageShape shape_;
  bool channels_first_ = false;
  double white_ = 0;
  std::string white_key_;
  std::string note_;
};

}  // namespace latent
