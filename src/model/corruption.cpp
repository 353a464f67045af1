#include "model/corruption.h"

#include <algorithm>

namespace latent {

bool CorruptionChain::noisy() const {
  return std::any_of(links_.begin(), links_.end(), [](const Link& link) { return !link.always; });
}

Tensor CorruptionChain::corrupt(const Tensor& images, at::Generator generator) const {
  Tensor corrupted = images;
  for (const auto& link : links_)
    corrupted = link.corruption->apply(corrupted, generator);
  return corrupted;
}

Tensor CorruptionChain::prepare(const Tensor& images) const {
  at::Generator none;  // what is part of the model draws nothing
  Tensor prepared = images;
  for (const auto& link : links_) {
    if (link.always) prepared = link.corruption->apply(prepared, none);
  }
  return prepared;
}

CorruptionChain CorruptionPlan::make(const ImageShape& images) const {
  CorruptionChain chain;
  chain.output_ = images;
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
                                    "what happens to the images before the encoder sees them")) {
    const CorruptionRow& row = corruptions().find(part.name, "corruption");
    plan.parts.push_back({row.configure(part.section, table), row.always});
  }
  return plan;
}

}  // namespace latent
