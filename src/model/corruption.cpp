#include "model/corruption.h"

#include <algorithm>

namespace latent {

bool CorruptionChain::noisy() const {
  return std::any_of(links_.begin(), links_.end(), [](const Link& link) { return !link.always; });
}

Tensor CorruptionChain::corrupt(const Tensor& images, const Noise& noise) const {
  Tensor corrupted = images;
  for (const auto& link : links_)
    corrupted = link.corruption->apply(corrupted, noise);
  return corrupted;
}

Tensor CorruptionChain::corrupt(const Tensor& images, uint64_t seed, Stream stream,
                                uint64_t index) const {
  return links_.empty() ? images : corrupt(images, generator(seed, stream, index));
}

Tensor CorruptionChain::encoder_input(const Tensor& images) const {
  if (images.size(2) == output_.height && images.size(3) == output_.width) return images;
  const Noise none{at::Generator()};  // links that are part of the model draw no random numbers
  Tensor input = images;
  for (const auto& link : links_) {
    if (link.always) input = link.corruption->apply(input, none);
  }
  return input;
}

CorruptionChain CorruptionPlan::make(const ImageShape& images) const {
  CorruptionChain chain;
  chain.input_ = chain.output_ = images;
  for (const auto& part : parts) {
    std::shared_ptr<const Corruption> made = part.make(chain.output_);
    chain.output_ = made->output(chain.output_);
    chain.links_.push_back({std::move(made), part.always});
  }
  return chain;
}

CorruptionPlan configure_corruption(Section root, bool table) {
  CorruptionPlan plan;
  for (auto& part : root.components("corruption", corruptions().names(),
                                    "corruptions of the images that the encoder sees")) {
    const CorruptionRow& row = corruptions().find(part.name, "corruption");
    plan.parts.push_back({row.configure(part.section, table), row.always});
  }
  return plan;
}

}  // namespace latent
