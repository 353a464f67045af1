// The model: encoder, bottleneck and decoder, chosen by section `model` of a config.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/image_shape.h"
#include "model/bottleneck.h"
#include "model/registry.h"

namespace latent {

/// The result of one pass through the model.
struct Output {
  Tensor decoded;  // [B, C, H, W], logits or means, depending on the likelihood
  Latent latent;
};

/// Returns the same values without their gradients.
Output detached(const Output& output);

/// A model may have a condition: K numbers about each image (data/condition.h).
/// A learned plane, one value for each pixel, made of them joins the images as one more channel, so
/// that every layer of the encoder can take away what the condition already says. The numbers
/// themselves join the latents before the decoder; a map gets them as K further channels, each
/// constant. Source: Sohn et al. 2015, conditional VAE.
class Autoencoder : public torch::nn::Module {
 public:
  /// condition_size: K, 0 for a model without a condition. With one the encoder takes images of
  /// one channel more, the decoder the latents and K more.
  Autoencoder(ImageShape input, ImageShape output, std::shared_ptr<Network> encoder,
              std::shared_ptr<Bottleneck> bottleneck, std::shared_ptr<Network> decoder,
              int64_t condition_size = 0);

  // condition: [B, K], or [1, K] for all; undefined: nothing is known, which is K zeros.

  /// Encodes images, [B, C, H, W] float. With noise z is sampled, without it z is the code.
  /// dropout: of the layers that drop features while training; without it they draw from the
  /// device's default generator.
  Latent encode(const Tensor& images, const Tensor& condition = {},
                const std::optional<Noise>& noise = std::nullopt,
                const std::optional<Noise>& dropout = std::nullopt);
  /// Decodes latents z, [B, Z]; those that are maps may have their shape too. Returns the decoder's
  /// raw output [B, C, H, W], which the likelihood turns into pictures.
  Tensor decode(const Tensor& z, const Tensor& condition = {},
                const std::optional<Noise>& dropout = std::nullopt);
  /// samples: K, the latents that each image is decoded from; with more than one z is [K * B, Z]
  /// and `decoded` as long, all images' first latents before all second ones.
  Output forward(const Tensor& images, const Tensor& condition = {},
                 const std::optional<Noise>& noise = std::nullopt,
                 const std::optional<Noise>& dropout = std::nullopt, int64_t samples = 1);

  const ImageShape& input_shape() const { return input_; }
  const ImageShape& output_shape() const { return output_; }
  /// Returns the number of values in one image's latents.
  int64_t latent_dim() const;
  /// Returns the number of values in one image's condition, 0 without one.
  int64_t condition_size() const { return condition_size_; }
  const Bottleneck& bottleneck() const { return *bottleneck_; }

  /// Sets whether our own operations (src/kernel) may replace LibTorch's; true at first.
  void use_kernels(bool use);
  /// Gives all layers copies of their larger weights in bfloat16, to compute with under autocast.
  void narrow_weights(const WeightCopies& copy);
  void initialize(Initialization kind, at::Generator& generator);
  /// Returns what the model is: its layers with their weights, in forward order.
  ModelSpec spec() const;

 private:
  Tensor condition_rows(const Tensor& condition, const Tensor& like) const;
  Tensor images_with_condition(const Tensor& images, const Tensor& condition);
  Tensor latents_with_condition(const Tensor& z, const Tensor& condition) const;

  ImageShape input_, output_;
  int64_t condition_size_;
  std::shared_ptr<Network> condition_;  // from [B, K] to [B, 1, H, W]; null without a condition
  std::shared_ptr<Network> encoder_;
  std::shared_ptr<Bottleneck> bottleneck_;
  std::shared_ptr<Network> decoder_;
};

/// Section `model`, read: makes the model once the images' shape is known.
struct ModelPlan {
  EncoderMaker encoder;
  BottleneckPlan bottleneck;
  DecoderMaker decoder;
  int64_t latent_dim = 2;
  LatentShape latent_shape;            // {D, h, w} of a map; empty: a row of latent_dim
  std::string latent_shape_where;      // begins errors about it
  std::vector<std::string> condition;  // names of the attributes that the model gets
  double condition_drop = 0.1;         // share of the training images that lack theirs
  Initialization initialization = Initialization::kTorch;

  /// Makes a model with initial weights from stream (seed, kWeights). input, output: shapes of the
  /// encoder's input and the decoder's output. condition_size: numbers in an image's condition.
  /// Throws Error if they do not fit the layers.
  std::shared_ptr<Autoencoder> make(const ImageShape& input, const ImageShape& output,
                                    uint64_t seed, int64_t condition_size = 0) const;
};

/// Reads section `model`. Throws Error for unknown names and values out of range.
ModelPlan configure_model(Section section);

}  // namespace latent
