#include "train/batches.h"

#include "core/device/device_tools.h"
#include "core/log.h"

namespace latent {

Batches::Batches(Examples examples, const Augmentation& augmentation, CorruptionChain corruption,
                 const TrainingCondition& condition, const c10::Device& device,
                 std::optional<int64_t> room)
    : examples_(std::move(examples)),
      augmentation_(augmentation),
      corruption_(std::move(corruption)),
      device_(device),
      conditions_(condition.condition.rows(examples_.attributes, examples_.count())),
      drop_(condition.drop) {
  if (conditional()) conditions_ = conditions_.to(device_);
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
  return assemble(examples_.pixels.index_select(0, indices).to(device_),
                  conditions(indices.to(device_)), noise);
}

Tensor Batches::conditions(const Tensor& indices) const {
  return conditional() ? conditions_.index_select(0, indices) : Tensor();
}

Batch Batches::assemble(const Tensor& rows, const Tensor& conditions,
                        const StepNoise& noise) const {
  Batch batch;
  batch.target = to_images(rows);
  if (augmentation_.active())
    batch.target = augmentation_.apply(batch.target, noise(Stream::kAugmentation));
  batch.input = corruption_.empty() ? batch.target
                                    : corruption_.corrupt(batch.target, noise(Stream::kCorruption));
  batch.condition = conditions;
  if (conditions.defined() && drop_ > 0) {
    const Tensor told = noise(Stream::kCondition).bernoulli(conditions.narrow(1, 0, 1), 1 - drop_);
    batch.condition = conditions * told;  // [B, K] * [B, 1]
  }
  return batch;
}

std::vector<Stream> Batches::streams() const {
  std::vector<Stream> drawn_from;
  if (augmentation_.active()) drawn_from.push_back(Stream::kAugmentation);
  if (corruption_.noisy()) drawn_from.push_back(Stream::kCorruption);
  if (conditional() && drop_ > 0) drawn_from.push_back(Stream::kCondition);
  return drawn_from;
}

}  // namespace latent
