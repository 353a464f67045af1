// Likelihoods: they measure how well the decoder's output explains the clean images, in nats per
// image.
#pragma once

#include <torch/nn/module.h>

#include <functional>
#include <memory>
#include <string>

#include "config/section.h"
#include "core/registry.h"
#include "core/tensor.h"
#include "model/layer_spec.h"

namespace latent {

class Likelihood : public torch::nn::Module {
 public:
  /// Returns the negative log-likelihood of each image, summed over pixels and channels: [B], nats.
  /// images: [B, C, H, W] in [0, 1] (tables: any number).  decoded: the decoder's output, of the
  /// same shape.
  virtual Tensor nll(const Tensor& images, const Tensor& decoded) const = 0;
  /// Returns the mean of the distribution: the picture. Same shape; not clamped.
  virtual Tensor mean(const Tensor& decoded) const = 0;
  /// Returns `mean` as data: the layer, without weights, from the decoder's output to the picture.
  virtual LayerSpec picture_spec() const = 0;
  /// Returns the constant of the density that `nll` omits, in nats per value; 0 if it omits none.
  virtual double omitted_constant() const = 0;
  /// Whether the `nll` of an image depends on that image alone; false if on the rest of the batch
  /// too.
  virtual bool per_image() const { return true; }
  /// Whether it is a distribution of the values 0 and 1 only, so that of others it is no density.
  virtual bool is_binary() const { return false; }
  /// Whether it can explain only values in [0, 1].
  virtual bool unit_interval() const { return false; }
};

using LikelihoodMaker = std::function<std::shared_ptr<Likelihood>()>;

struct LikelihoodRow {
  std::string name;
  std::string summary;
  std::function<LikelihoodMaker(Section&)> configure;
};

const Registry<LikelihoodRow>& likelihoods();

}  // namespace latent
