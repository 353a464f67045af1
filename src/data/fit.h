// Bringing the images of a set to one size: resized, then padded with black.
#pragma once

#include <string>
#include <vector>

#include "config/section.h"
#include "core/tensor.h"

namespace latent {

/// The keys `size`, `filter` and `pad_to` of section `data`.
class Fit {
 public:
  /// Reads the keys. Throws Error for a size that is not [height, width].
  explicit Fit(Section& data);

  /// pixels: [N, H, W, C] uint8.  Returns the same with the height and width asked for.
  /// area: each new pixel is the mean of the area it covers; bilinear: samples at pixel centres, no
  /// antialiasing. Throws Error if the images are larger than `pad_to`.
  Tensor apply(const Tensor& pixels) const;

 private:
  std::vector<int64_t> size_;  // [height, width], or empty: as they are
  std::string filter_ = "area";
  int64_t pad_to_ = 0;
  std::string pad_key_;  // where `pad_to` stands, for messages
};

/// Reads `key` as [height, width], each from 1 to 4096; `allow_empty` lets the default [] stand.
void read_size(Section& section, const std::string& key, std::vector<int64_t>& size,
               bool allow_empty, std::string_view meaning);

}  // namespace latent
