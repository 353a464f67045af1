// The training images as steps see them.
#pragma once

#include "data/augment.h"
#include "data/dataset.h"
#include "model/corruption.h"

namespace latent {

/// What the encoder sees of some images, and what the decoder should make of it.
struct Batch {
  Tensor input;   // [B, C, h, w]
  Tensor target;  // [B, C, H, W]
};

/// Training images on the device, augmented and corrupted as each step's own random streams say.
class Batches {
 public:
  /// The pixels are moved to `device`. seed: train.seed.
  Batches(Examples examples, const Augmentation& augmentation, CorruptionChain corruption,
          int64_t seed, const c10::Device& device);

  int64_t count() const { return examples_.count(); }
  /// The images at `indices` ([B] int64, on the device). step: the key of the noise.
  Batch fetch(const Tensor& indices, int64_t step) const;

 private:
  Examples examples_;
  Augmentation augmentation_;
  CorruptionChain corruption_;
  uint64_t seed_;
  c10::Device device_;
};

}  // namespace latent
