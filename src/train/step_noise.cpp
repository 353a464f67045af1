#include "train/step_noise.h"

#include <ATen/ATen.h>

namespace latent {
namespace {

constexpr Stream kOfSteps[] = {Stream::kAugmentation, Stream::kCorruption, Stream::kDropout,
                               Stream::kLatents,      Stream::kPenalty,    Stream::kAdversary,
                               Stream::kCondition};

}  // namespace

std::vector<int64_t> part_sizes(int64_t total, int64_t processes, int64_t i, int64_t pieces) {
  std::vector<int64_t> sizes;
  for (int64_t rank = 0; rank < processes; ++rank) {
    const int64_t size = total * (rank + 1) / processes - total * rank / processes;
    sizes.push_back(size * (i + 1) / pieces - size * i / pieces);
  }
  return sizes;
}

std::pair<BatchPart, int64_t> part_of(int64_t total, const World& world) {
  if (world.is_alone()) return {{}, total};
  if (total < world.size()) return {{.first = 0, .total = total, .copies = world.size()}, total};
  const int64_t first = total * world.rank() / world.size();
  const int64_t end = total * (world.rank() + 1) / world.size();
  return {{.first = first, .total = total}, end - first};
}

StepNoise::StepNoise(uint64_t seed, const c10::Device& device)
    : seed_(seed), step_(at::zeros({}, at::TensorOptions(device).dtype(at::kLong))) {
  for (const Stream stream : kOfSteps)
    generators_.emplace(stream, generator(seed, stream, 0, device));
}

void StepNoise::move_to(int64_t step, BatchPart part) {
  part_ = part;
  steps_ = step;
  step_.fill_(step);
  rewind();
}

void StepNoise::rewind() {
  for (auto& [stream, generator] : generators_)
    generator.set_current_seed(stream_seed(seed_, stream, static_cast<uint64_t>(steps_)));
}

StepNoise StepNoise::of_part(BatchPart part) const {
  StepNoise noise = *this;
  noise.part_ = part;
  noise.rewind();
  return noise;
}

Noise StepNoise::operator()(Stream stream) const {
  return {generators_.at(stream), part_.first, part_.total};
}

std::vector<at::Generator> StepNoise::generators(const std::vector<Stream>& streams) const {
  std::vector<at::Generator> chosen;
  for (const Stream stream : streams)
    chosen.push_back(generators_.at(stream));
  return chosen;
}

}  // namespace latent
