#include "train/batches.h"

#include "core/device/device_tools.h"
#include "core/log.h"

namespace latent {

Batches::Batches(Examples examples, const Augmentation& augmentation, CorruptionChain corruption,
                 const c10::Device& device, std::optional<int64_t> room)
    : examples_(std::move(examples)),
      augmentation_(augmentation),
      corruption_(std::move(corruption)),
      device_(device) {
  const auto bytes = static_cast<int64_t>(examples_.pixels.nbytes());
  const int64_t limit = room ? *room : room_for_images(device);
  resident_ = bytes <= limit;
  if (resident_) {
    examples_.pixels = examples_.pixels.to(device_);
  } else {
    log::info(
        "the training images take {} MB and {} has room for {} MB: they stay in the host's memory, "
        "and each batch is sent while the previous one is trained on",
        bytes >> 20, device_.str(), limit >> 20);
  }
}

Batch Batches::fetch(const Tensor& indices, const StepNoise& noise) const {
  return assemble(examples_.pixels.index_select(0, indices).to(device_), noise);
}

Batch Batches::assemble(const Tensor& rows, const StepNoise& noise) const {
  Tensor target = to_images(rows);
  if (augmentation_.active()) target = augmentation_.apply(target, noise(Stream::kAugmentation));
  if (corruption_.empty()) return {.input = target, .target = target};
  return {.input = corruption_.corrupt(target, noise(Stream::kCorruption)), .target = target};
}

std::vector<Stream> Batches::streams() const {
  std::vector<Stream> drawn_from;
  if (augmentation_.active()) drawn_from.push_back(Stream::kAugmentation);
  if (corruption_.noisy()) drawn_from.push_back(Stream::kCorruption);
  return drawn_from;
}

}  // namespace latent
