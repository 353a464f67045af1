// The training images as steps see them.
#pragma once

#include <optional>
#include <vector>

#include "data/dataset.h"
#include "data/prepare/augment.h"
#include "model/corruption.h"

namespace latent {

/// What the encoder sees of some images, and what the decoder should make of it.
struct Batch {
  Tensor input;   // [B, C, h, w]
  Tensor target;  // [B, C, H, W]
};

/// Training images on the device, augmented and corrupted as each step's own random streams say.
///
/// Images that would not leave the model room on the device stay on the host, which is said aloud.
class Batches {
 public:
  /// seed: train.seed.  room: bytes that the images may take on the device; room_for_images(device)
  /// unless told.
  Batches(Examples examples, const Augmentation& augmentation, CorruptionChain corruption,
          int64_t seed, const c10::Device& device, std::optional<int64_t> room = {});

  int64_t count() const { return examples_.count(); }
  /// The images' bytes, [N, H, W, C], on `storage_device()`.
  const Tensor& values() const { return examples_.pixels; }
  /// Where the images are, and the indices of those to fetch must be.
  c10::Device storage_device() const { return examples_.pixels.device(); }
  /// Whether that is the device they are trained on.
  bool resident() const { return resident_; }

  /// The images at `indices` ([B] int64, at storage_device). step: the key of the noise.
  Batch fetch(const Tensor& indices, int64_t step) const;

  // The same in parts, for work that is recorded:

  /// Lets the noise of the next `prepare` be that of a step.
  void key(int64_t step) const;
  /// The batch made of some images' bytes ([B, H, W, C], on the device).
  Batch prepare(const Tensor& rows) const;
  /// The generators that `prepare` draws from.
  std::vector<at::Generator> generators() const;

 private:
  Examples examples_;
  Augmentation augmentation_;
  CorruptionChain corruption_;
  uint64_t seed_;
  c10::Device device_;
  bool resident_;
  // Kept, since a recorded step draws from those it was recorded with.
  at::Generator augmentation_noise_, corruption_noise_;
};

}  // namespace latent
