#include "model/network.h"

#include "kernel/allowed.h"

namespace latent {

void Network::add(const std::string& name, std::shared_ptr<Layer> layer) {
  layers_.push_back(register_module(name, std::move(layer)));
}

Tensor Network::forward(Tensor x, const std::optional<Noise>& dropout) {
  const bool by_kernels = kernels_ && kernel::allowed() != kernel::Allowed::kNothing;
  for (size_t i = 0; i < layers_.size(); ++i) {
    if (const size_t done = by_kernels ? forward_by_kernel(i, x) : 0; done > 0) {
      i += done - 1;
      continue;
    }
    if (const size_t done = by_kernels ? forward_then_activate(i, x) : 0; done > 0) {
      i += done - 1;
      continue;
    }
    x = dropout ? layers_[i]->forward_noisy(x, *dropout) : layers_[i]->forward(x);
  }
  return x;
}

size_t Network::forward_by_kernel(size_t first, Tensor& x) {
  const auto slope = layers_[first]->negative_slope();
  const size_t last = slope ? first + 1 : first;
  if (last == layers_.size()) return 0;
  auto output = layers_[last]->forward_activated(x, slope.value_or(1));
  if (!output) return 0;
  x = std::move(*output);
  return last - first + 1;
}

// The activation after the layer is left to the layer after it if that prefers so.
size_t Network::forward_then_activate(size_t first, Tensor& x) {
  auto slope = first + 1 < layers_.size() ? layers_[first + 1]->negative_slope() : std::nullopt;
  if (slope && first + 2 < layers_.size() && layers_[first + 2]->prefers_to_activate(x))
    slope.reset();
  auto output = layers_[first]->forward_then_activate(x, slope.value_or(1));
  if (!output) return 0;
  x = std::move(*output);
  return slope ? 2 : 1;
}

void Network::use_kernels(bool use) {
  kernels_ = use;
  for (const auto& layer : layers_)
    layer->use_kernels(use);
}

void Network::initialize(Initialization kind, at::Generator& generator) {
  for (const auto& layer : layers_)
    layer->initialize(kind, generator);
}

std::vector<NamedSpec> Network::specs() const {
  std::vector<NamedSpec> specs;
  const auto named = named_children();
  for (size_t i = 0; i < layers_.size(); ++i)
    specs.push_back({named[i].key(), layers_[i]->spec()});
  return specs;
}

}  // namespace latent
