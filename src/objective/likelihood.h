// Likelihoods: how well the decoder's output explains the clean images, in nats per image.
#pragma once

#include <torch/nn/module.h>

#include <functional>
#include <memory>
#include <string>

#include "config/section.h"
#include "core/registry.h"
#include "core/tensor.h"

namespace latent {

class Likelihood : public torch::nn::Module {
 public:
  /// Negative log-likelihood of each image, summed over pixels and channels.
  /// images: [B, C, H, W] in [0, 1] (tables: any number).  decoded: the decoder's output, of the
  /// same shape. Returns [B], nats.
  virtual Tensor nll(const Tensor& images, const Tensor& decoded) const = 0;
  /// The mean of the distribution: the picture. Same shape; not clamped.
  virtual Tensor mean(const Tensor& decoded) const = 0;
  /// A constant of the density that `nll` leaves out, in nats per value; 0 if nothing is left out.
  virtual double omitted_constant() const = 0;
  /// Whether an image's `nll` is its own; false if it depends on the rest of the batch.
  virtual bool per_image() const { return true; }
  /// Whether it can explain values in [0, 1] only.
  virtual bool unit_interval() const { return false; }
  /// The book's factor on the mean error per value, with which its objective is `factor * error +
  /// KL`; 0: none.
  virtual double book_factor() const { return 0; }
};

using LikelihoodMaker = std::function<std::shared_ptr<Likelihood>()>;

struct LikelihoodRow {
  std::string name;
  std::string summary;
  std::function<LikelihoodMaker(Section&)> configure;
};

const Registry<LikelihoodRow>& likelihoods();

}  // namespace latent
