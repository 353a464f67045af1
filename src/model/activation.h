// Activations and normalisations by name: what follows a convolution or a dense layer.
#pragma once

#include "config/section.h"
#include "model/layers.h"

namespace latent {

/// What a block does after its linear part: normalisation, activation, dropout, in the order asked
/// for.
struct BlockOptions {
  std::string activation = "relu";
  double slope = 0.01;  // leaky_relu's slope below zero
  std::string normalization = "none";
  std::string position = "before";  // normalisation before or after the activation
  double momentum = 0.1;  // of batch normalisation's running statistics, in PyTorch's sense
  double epsilon = 1e-5;
  int64_t groups = 8;  // of group normalisation
  double dropout = 0.0;

  void read(Section& section);
  /// Adds the layers named "norm<suffix>", "act<suffix>", "dropout<suffix>" to `network`.
  /// features: channels of a feature map (spatial) or units of a dense layer.  where: the key to
  /// name in errors.
  void add_to(Network& network, const std::string& suffix, int64_t features, bool spatial,
              const std::string& where) const;
};

const std::vector<std::string>& activation_names();
/// The activation as a function; `slope` matters to leaky_relu only.
Tensor activate(const std::string& name, const Tensor& x, double slope = 0.01);

}  // namespace latent
