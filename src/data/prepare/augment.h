// Random variants of training images: mirrored, moved by a few pixels.
#pragma once

#include "config/section.h"
#include "core/noise.h"

namespace latent {

/// The keys of section `data.augment`; off by default.
class Augmentation {
 public:
  /// Reads `augment` of section `data`.
  void read(Section& data);

  /// Whether any variation is turned on.
  bool active() const { return flip_ || shift_ > 0; }

  /// Returns a variant of each image, drawn from `noise` (on the images' device).
  /// images: [B, C, H, W].  Returns the same shape, channels_last.
  Tensor apply(const Tensor& images, const Noise& noise) const;

 private:
  bool flip_ = false;
  int64_t shift_ = 0;
};

}  // namespace latent
