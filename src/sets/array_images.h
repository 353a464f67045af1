// Arrays of numbers as images: finds the layout of the dimensions and the value of white.
#pragma once

#include <string>
#include <vector>

#include "config/section.h"
#include "core/image_shape.h"
#include "format/npy_array.h"
#include "pack/image_source.h"
#include "sets/picture_rows.h"
#include "sets/pixel_range.h"

namespace latent {

/// How the keys of section `data` read arrays as images.
struct ArrayOptions {
  PictureOptions picture;
  RangeOptions range;

  void read(Section& data);
  /// Returns a text that names everything the pixels depend on, for a pack's key.
  std::string text() const;
};

/// An array read as images.
class ArrayImages {
 public:
  /// Throws Error naming the array if it holds words, or as PictureLayout and PixelRange do.
  ArrayImages(OpenStream open, const ArrayOptions& options);

  int64_t count() const { return array_.count(); }
  const ImageShape& shape() const { return layout_.shape(); }
  const std::string& name() const { return array_.name(); }
  const PixelRange& range() const { return range_; }
  /// Returns messages about what was guessed, to log, or "".
  const std::string& note() const { return note_; }

  /// Reads images first to first + count - 1, fastest in ascending order. Returns [count, H, W, C]
  /// uint8, where 255 is white. Appends to `unreadable` the images that hold NaN or infinity, whose
  /// such values become black. Throws Error naming the image if a value lies beyond black or white.
  Tensor read(int64_t first, int64_t count, std::vector<UnreadableImage>& unreadable);

 private:
  PixelRange find_range(RangeOptions given);
  void add_note(const std::string& text);
  Extent extent_of_all();

  NpyArray array_;
  PictureLayout layout_;
  std::string note_;
  Extent peeked_;  // of the first images, if white is not given
  PixelRange range_;
};

}  // namespace latent
