// The training images as batches for the training steps.
#pragma once

#include <optional>
#include <vector>

#include "data/condition.h"
#include "data/dataset.h"
#include "data/prepare/augment.h"
#include "model/corruption.h"
#include "train/step_noise.h"

namespace latent {

/// The input of the encoder, and the images that the decoder should make of it.
struct Batch {
  Tensor input;           // [B, C, h, w]
  Tensor target;          // [B, C, H, W]
  Tensor condition = {};  // [B, K] for both; undefined for a model without a condition
};

/// What a model gets about the training images besides their pixels.
struct TrainingCondition {
  Condition condition = {};
  double drop = 0;  // share of the images of a batch that lack theirs, in [0, 1)
};

/// Training images on the device; each step draws its own augmentation and corruption.
///
/// Images that would leave the model too little memory on the device stay on the host, which is
/// logged.
class Batches {
 public:
  /// room: bytes that the images may take on the device; by default
  /// room_for_images(device).
  Batches(Examples examples, const Augmentation& augmentation, CorruptionChain corruption,
          const TrainingCondition& condition, const c10::Device& device,
          std::optional<int64_t> room = {});

  int64_t count() const { return examples_.count(); }
  /// Returns the images' bytes, [N, H, W, C], on `storage_device()`.
  const Tensor& values() const { return examples_.pixels; }
  /// Returns the device that holds the images; indices of images to fetch must be on it too.
  c10::Device storage_device() const { return examples_.pixels.device(); }
  /// Whether the images are on the device that trains.
  bool resident() const { return resident_; }

  /// Returns the batch of the images at `indices` ([B] int64, on storage_device).
  Batch fetch(const Tensor& indices, const StepNoise& noise) const;
  /// Whether images have a condition.
  bool conditional() const { return conditions_.defined(); }
  /// Returns the conditions of the images at `indices` ([B] int64 on the training device): [B, K];
  /// undefined without one.
  Tensor conditions(const Tensor& indices) const;
  /// Returns the batch of some images, given as bytes ([B, H, W, C], on the training device), and
  /// of their conditions.
  Batch assemble(const Tensor& rows, const Tensor& conditions, const StepNoise& noise) const;
  /// Returns the streams that `assemble` draws from.
  std::vector<Stream> streams() const;

 private:
  Examples examples_;
  Augmentation augmentation_;
  CorruptionChain corruption_;
  c10::Device device_;
  Tensor conditions_;  // [N, K] on the training device
  double drop_;
  bool resident_;
};

}  // namespace latent
