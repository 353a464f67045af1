// Brings the images of a set to one size: crops or stretches, resizes, pads with black.
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

  /// pixels: [N, H, W, C] uint8.  Returns them with the configured height and width.
  /// area: each new pixel is the mean of the area it covers; bilinear: samples at pixel centres, no
  /// antialiasing. Throws Error if the images are larger than `pad_to`.
  Tensor apply(const Tensor& pixels) const;

  /// Does the same for images of height x width that were reduced beforehand: their sides divided
  /// by `reduction` and rounded up. The result is shifted by less than a pixel.
  Tensor apply_reduced(const Tensor& pixels, int64_t height, int64_t width,
                       int64_t reduction) const;

  /// Returns the factor (1, 2, 4 or 8) by which an image of height x width may be reduced
  /// beforehand, each pixel the mean of those it replaces, and still be as large as needed. 1 for
  /// bilinear sampling, which would sample other pixels then.
  int64_t reduction(int64_t height, int64_t width) const;

  /// Returns [height, width] of the key `size`; empty if images keep their size.
  const std::vector<int64_t>& size() const { return size_; }
  /// Whether black borders pad the images.
  bool pads() const { return pad_to_ > 0; }
  /// Returns a text that names everything the result depends on, for a pack's key.
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

/// Reads `key` as [height, width], each from 1 to 4096; `allow_empty` also accepts the default [].
void read_size(Section& section, const std::string& key, std::vector<int64_t>& size,
               bool allow_empty, std::string_view meaning);

}  // namespace latent
