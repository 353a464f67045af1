// Bringing the images of a set to one size: cropped or squashed, resized, padded with black.
#pragma once

#include <string>
#include <vector>

#include "config/section.h"
#include "core/tensor.h"

namespace latent {

/// The keys `size`, `fit`, `filter` and `pad_to` of section `data`.
class Fit {
 public:
  /// Reads the keys. Throws Error for a size that is not [height, width].
  explicit Fit(Section& data);

  /// pixels: [N, H, W, C] uint8.  Returns the same with the height and width asked for.
  /// area: each new pixel is the mean of the area it covers; bilinear: samples at pixel centres, no
  /// antialiasing. Throws Error if the images are larger than `pad_to`.
  Tensor apply(const Tensor& pixels) const;

  /// The same for images of height x width that were reduced beforehand: their sides divided by
  /// `reduction` and rounded up. What was kept stays where it was to a fraction of a pixel.
  Tensor apply_reduced(const Tensor& pixels, int64_t height, int64_t width,
                       int64_t reduction) const;

  /// By how much (1, 2, 4 or 8) an image of height x width may be reduced beforehand, each pixel
  /// becoming the mean of those it replaces, without any loss in size. 1 for bilinear sampling,
  /// which would look at other pixels then.
  int64_t reduction(int64_t height, int64_t width) const;

  /// [height, width] of the key `size`; empty: images stay as they are.
  const std::vector<int64_t>& size() const { return size_; }
  /// All that the result depends on, for a pack's key.
  std::string text() const;

 private:
  Tensor sized(const Tensor& pixels, int64_t height, int64_t width, int64_t reduction) const;
  Tensor padded(const Tensor& pixels) const;

  std::vector<int64_t> size_;
  std::string fit_ = "crop";
  std::string filter_ = "area";
  int64_t pad_to_ = 0;
  std::string pad_key_;  // where `pad_to` stands, for messages
};

/// Reads `key` as [height, width], each from 1 to 4096; `allow_empty` lets the default [] stand.
void read_size(Section& section, const std::string& key, std::vector<int64_t>& size,
               bool allow_empty, std::string_view meaning);

}  // namespace latent
