#include "train/batches.h"

#include "core/random.h"

namespace latent {

Batches::Batches(Examples examples, const Augmentation& augmentation, CorruptionChain corruption,
                 int64_t seed, const c10::Device& device)
    : examples_(std::move(examples)),
      augmentation_(augmentation),
      corruption_(std::move(corruption)),
      seed_(static_cast<uint64_t>(seed)),
      device_(device) {
  examples_.pixels = examples_.pixels.to(device_);
}

Batch Batches::fetch(const Tensor& indices, int64_t step) const {
  const auto noise = [&](Stream stream) {
    return generator(seed_, stream, static_cast<uint64_t>(step), device_);
  };
  Tensor target = examples_.images(indices);
  if (augmentation_.active()) target = augmentation_.apply(target, noise(Stream::kAugmentation));
  if (corruption_.empty()) return {.input = target, .target = target};
  return {.input = corruption_.corrupt(target, noise(Stream::kCorruption)), .target = target};
}

}  // namespace latent
