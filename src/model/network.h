// A sequence of layers: what encoders and decoders are made of.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/layers.h"

namespace latent {

/// Named layers, one after another.
class Network : public torch::nn::Module {
 public:
  void add(const std::string& name, std::shared_ptr<Layer> layer);
  /// dropout: of the layers that drop features while training.
  Tensor forward(Tensor x, const std::optional<Noise>& dropout = std::nullopt);
  /// Sets whether `forward` may use our own operations (src/kernel) instead of LibTorch's, here and
  /// in networks inside the layers. LATENT_KERNELS=off forbids them in any case.
  void use_kernels(bool use);
  void initialize(Initialization kind, at::Generator& generator);
  /// Returns what the layers are, in forward order.
  std::vector<NamedSpec> specs() const;
  /// Returns true if a layer added now may overwrite its input: nothing else reads it again. False
  /// without layers, since the input is then the caller's.
  bool output_is_free() const { return !layers_.empty() && layers_.back()->output_is_free(); }

 private:
  // Applies the layer at `first`, or an activation there and the next layer, by one of our own
  // operations if there is one. Returns the number of layers applied.
  size_t forward_by_kernel(size_t first, Tensor& x);
  // Likewise the layer at `first`, with the activation after it if there is one.
  size_t forward_then_activate(size_t first, Tensor& x);

  std::vector<std::shared_ptr<Layer>> layers_;
  bool kernels_ = true;
};

}  // namespace latent
