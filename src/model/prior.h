// Priors: the distributions that random latents are drawn from.
#pragma once

#include <ATen/core/Generator.h>

#include "core/tensor.h"

namespace latent {

class Prior {
 public:
  virtual ~Prior() = default;
  /// Draws latents, [count, Z] float32 on the CPU; a latent that is a map takes one row too.
  /// temperature: scales their spread about the prior's middle; 1 draws from the prior itself.
  virtual Tensor sample(int64_t count, double temperature, at::Generator& noise) const = 0;
  /// Whether it is N(0, 1) for each latent.
  virtual bool is_standard_normal() const { return false; }
};

/// N(0, 1) for each of Z latents, the prior of variational autoencoders.
/// Source: Kingma and Welling 2014, arXiv:1312.6114.
class StandardNormal : public Prior {
 public:
  explicit StandardNormal(int64_t latents) : latents_(latents) {}
  Tensor sample(int64_t count, double temperature, at::Generator& noise) const override;
  bool is_standard_normal() const override { return true; }

 private:
  int64_t latents_;
};

}  // namespace latent
