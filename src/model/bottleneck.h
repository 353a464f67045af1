// Bottlenecks, which turn an encoder's features into latents.
#pragma once

#include <ATen/core/Generator.h>
#include <torch/nn/module.h>

#include <functional>
#include <memory>
#include <optional>

#include "config/section.h"
#include "core/registry.h"
#include "model/layers.h"

namespace latent {

/// The code of a batch of images.
struct Latent {
  Tensor z;       // [B, Z] what the decoder receives
  Tensor mean;    // [B, Z] its mean; z itself for a point bottleneck
  Tensor logvar;  // [B, Z] log-variance; undefined for a point bottleneck
};

/// Returns KL(N(mean, exp(logvar)) || N(0, 1)) of each latent of each image: [B, Z], nats.
Tensor gaussian_kl(const Tensor& mean, const Tensor& logvar);

class Bottleneck : public torch::nn::Module {
 public:
  /// Returns the code of features, [B, F]. With a generator z is sampled, without one z is the
  /// mean.
  virtual Latent forward(const Tensor& features, std::optional<at::Generator> generator) = 0;
  /// True if latents have a distribution: a prior to sample from and a KL divergence to it.
  virtual bool probabilistic() const = 0;
  /// True if every latent lies in [0, 1].
  virtual bool unit_interval() const { return false; }
  /// Clamps latents z, [B, Z], to the values that a code can have: at least 0 after a ReLU, in [0,
  /// 1] after a sigmoid.
  virtual Tensor clamp_to_range(const Tensor& z) const { return z; }
  virtual void initialize(Initialization kind, at::Generator& generator) = 0;
  /// Returns what the bottleneck is: a kind with a row in model/layer_kinds.cpp, and its layers as
  /// parts under their names in this module.
  virtual LayerSpec spec() const = 0;
};

using BottleneckMaker =
    std::function<std::shared_ptr<Bottleneck>(int64_t features, int64_t latent_dim)>;

struct BottleneckRow {
  std::string name;
  std::string summary;
  bool probabilistic;  // latents have a distribution and a prior
  std::function<BottleneckMaker(Section&)> configure;
};

const Registry<BottleneckRow>& bottlenecks();

}  // namespace latent
