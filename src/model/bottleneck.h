// Bottlenecks, which turn an encoder's features into latents.
#pragma once

#include <torch/nn/module.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/section.h"
#include "core/noise.h"
#include "core/registry.h"
#include "model/codebook.h"
#include "model/layers.h"
#include "model/prior.h"

namespace latent {

/// The posterior N(mean, exp(logvar)) of each latent of each image, as of a variational
/// autoencoder.
struct Posterior {
  Tensor mean, logvar;  // of the latents' shape
};

/// The latents of a batch of images: rows [B, Z], or maps [B, D, h, w] inside the model.
struct Latent {
  Tensor z;                              // what the decoder receives
  Tensor code;                           // the same without noise
  std::optional<Posterior> posterior{};  // if the bottleneck has one; then `code` is its mean
  std::vector<NamedTensor> losses{};     // the bottleneck's own, scalars in nats per image
  Tensor condition{};                    // [B, K] or [1, K]: what the model got; or undefined
};

/// The sizes of one image's latents: {Z}, or {D, h, w} for a map.
using LatentShape = std::vector<int64_t>;

/// Returns KL(N(mean, exp(logvar)) || N(0, 1)) of each latent of each image, of their shape, nats.
Tensor gaussian_kl(const Tensor& mean, const Tensor& logvar);

class Bottleneck : public torch::nn::Module {
 public:
  /// Returns the latents of features, [B, F] or [B, C, h, w] as the plan asks. With noise z may be
  /// sampled, without it z is the code.
  virtual Latent forward(const Tensor& features, const std::optional<Noise>& noise) = 0;
  virtual LatentShape shape() const = 0;
  /// Whether latents have a Gaussian posterior, and so a KL divergence to N(0, 1).
  virtual bool has_posterior() const { return false; }
  /// Whether z differs from the code when it is given noise.
  virtual bool is_noisy() const { return has_posterior(); }
  /// Whether it draws random numbers while training.
  virtual bool draws_in_training() const { return is_noisy(); }
  /// Returns what random latents are drawn from; nullptr: it has only the codes of images.
  virtual const Prior* prior() const { return nullptr; }
  /// Returns the codes that each place of a map can hold; nullptr: latents are any numbers.
  virtual const Codebook* codebook() const { return nullptr; }
  /// Returns the names of Latent::losses, in their order; the objective adds their values.
  virtual std::vector<std::string> loss_names() const { return {}; }
  /// True if every latent lies in [0, 1].
  virtual bool unit_interval() const { return false; }
  /// Returns the nearest latents that a code can have: at least 0 after a ReLU, in [0, 1] after a
  /// sigmoid. z: [B, Z].
  virtual Tensor nearest_valid(const Tensor& z) const { return z; }
  virtual void initialize(Initialization kind, at::Generator& generator) = 0;
  /// Returns what the bottleneck is: a kind with a row in model/layer_kinds.cpp, and its layers as
  /// parts under their names in this module.
  virtual LayerSpec spec() const = 0;
};

/// What an encoder hands to the bottleneck.
enum class FeatureKind {
  kRow,  // [B, F]
  kMap,  // [B, C, h, w]
};

/// Makes a bottleneck. features: {F} for a row of latents, or {C, h, w} for a map. latents: of the
/// row, or of each pixel of the map.
using BottleneckMaker = std::function<std::shared_ptr<Bottleneck>(
    const std::vector<int64_t>& features, int64_t latents)>;

/// What is known of a bottleneck once its keys are read.
struct BottleneckPlan {
  BottleneckMaker make;
  bool has_posterior = false;
  FeatureKind features = FeatureKind::kRow;
  bool makes_maps = false;  // of feature maps, if it is given some
};

struct BottleneckRow {
  std::string name;
  std::string summary;
  std::function<BottleneckPlan(Section&)> configure;
};

const Registry<BottleneckRow>& bottlenecks();

}  // namespace latent
