// Rows of numbers that are pictures: the keys `shape`, `layout` and `transpose` of section `data`.
#pragma once

#include <string>
#include <vector>

#include "config/section.h"
#include "core/image_shape.h"
#include "core/tensor.h"

namespace latent {

/// Pictures of at least so many pixels are recognised in rows without a shape; shorter rows are
/// more often numbers of another kind.
constexpr int64_t kSmallestSquare = 64;

/// Returns [side, side] if `values` is the square of a side and at least kSmallestSquare, else [].
std::vector<int64_t> square_of(int64_t values);

struct PictureOptions {
  std::string layout = "auto";
  std::vector<int64_t> shape;
  bool transpose = false;
  std::string layout_key, shape_key;  // where they stand, for messages

  void read(Section& data);
  /// Reads the same keys except `layout`, for rows that are always flat.
  void read_of_rows(Section& data);
};

/// The arrangement of the values of one picture.
class PictureLayout {
 public:
  /// name: of the values, for messages.  sizes: [N, ...], as they are stored: NxHxW, NxHxWxC,
  /// NxCxHxW with 1 or 3 channels, or NxD for rows of `options.shape` or of a square. Throws Error
  /// if it is none of these, if it is ambiguous, or for a side of more than 65536 pixels.
  PictureLayout(const std::string& name, const std::vector<int64_t>& sizes,
                const PictureOptions& options);

  const ImageShape& shape() const { return shape_; }
  /// Returns a message about a shape that was guessed, or "".
  const std::string& note() const { return note_; }
  /// values: [n, ...] as stored.  Returns a view of them: [n, H, W, C].
  Tensor arrange(const Tensor& values) const;

 private:
  void find_sizes(const std::string& name, const std::vector<int64_t>& sizes,
                  const PictureOptions& options);
  void find_channels(const std::string& name, const std::string& stored,
                     const PictureOptions& options);

  std::vector<int64_t> sizes_;  // of one picture as it is stored: [H, W], [H, W, C] or [C, H, W]
  ImageShape shape_;
  bool channels_first_ = false, transpose_ = false;
  std::string note_;
};

}  // namespace latent
