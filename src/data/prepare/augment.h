// Random variants of training images: mirrored, moved by a few pixels, drawn in black and white.
#pragma once

#include "config/section.h"
#include "core/noise.h"

namespace latent {

/// The keys of section `data.augment`; off by default.
class Augmentation {
 public:
  /// Reads `augment` of section `data`.
  void read(Section& data);

  /// Turns on that each pixel becomes 1 with its value as the probability, else 0.
  void binarize(bool on) { binarize_ = on; }

  /// Whether any variation is turned on.
  bool active() const { return moves() || binarize_; }

  /// Returns a variant of each image, drawn from `noise` (on the images' device).
  /// images: [B, C, H, W].  Returns the same shape, channels_last.
  Tensor apply(const Tensor& images, const Noise& noise) const;

 private:
  bool moves() const { return flip_ || shift_ > 0; }
  Tensor moved(const Tensor& images, const Noise& noise) const;

  bool flip_ = false, binarize_ = false;
  int64_t shift_ = 0;
};

}  // namespace latent
