#include "train/batches.h"

#include "core/device/device_tools.h"
#include "core/log.h"
#include "core/random.h"

namespace latent {

Batches::Batches(Examples examples, const Augmentation& augmentation, CorruptionChain corruption,
                 int64_t seed, const c10::Device& device, std::optional<int64_t> room)
    : examples_(std::move(examples)),
      augmentation_(augmentation),
      corruption_(std::move(corruption)),
      seed_(static_cast<uint64_t>(seed)),
      device_(device),
      augmentation_noise_(generator(seed_, Stream::kAugmentation, 0, device)),
      corruption_noise_(generator(seed_, Stream::kCorruption, 0, device)) {
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

Batch Batches::fetch(const Tensor& indices, int64_t step) const {
  key(step);
  return assemble(examples_.pixels.index_select(0, indices).to(device_));
}

void Batches::key(int64_t step) const {
  const auto set = [&](at::Generator noise, Stream stream) {
    noise.set_current_seed(stream_seed(seed_, stream, static_cast<uint64_t>(step)));
  };
  if (augmentation_.active()) set(augmentation_noise_, Stream::kAugmentation);
  if (!corruption_.empty()) set(corruption_noise_, Stream::kCorruption);
}

Batch Batches::assemble(const Tensor& rows) const {
  Tensor target = to_images(rows);
  if (augmentation_.active()) target = augmentation_.apply(target, augmentation_noise_);
  if (corruption_.empty()) return {.input = target, .target = target};
  return {.input = corruption_.corrupt(target, corruption_noise_), .target = target};
}

std::vector<at::Generator> Batches::generators() const {
  std::vector<at::Generator> drawn_from;
  if (augmentation_.active()) drawn_from.push_back(augmentation_noise_);
  if (corruption_.noisy()) drawn_from.push_back(corruption_noise_);
  return drawn_from;
}

}  // namespace latent
