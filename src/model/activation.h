// Activations and normalisations, which follow a convolution or a dense layer.
#pragma once

#include "config/section.h"
#include "core/registry.h"
#include "model/network.h"

namespace latent {

/// The layers of a block after its linear part: normalisation, activation and dropout.
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
  /// Adds to `network` the layers named "norm<suffix>", "act<suffix>", "dropout<suffix>".
  /// features: channels of a feature map (spatial) or units of a dense layer.  where: the key to
  /// name in errors.
  void add_to(Network& network, const std::string& suffix, int64_t features, bool spatial,
              const std::string& where) const;
};

/// A normalisation that a config can name under `normalization` of an encoder or decoder.
struct NormalizationRow {
  std::string name;
  std::string summary;
  void (*read)(Section& normalization, BlockOptions& options);
  /// Returns the layer, or nullptr for none. Throws Error at `where` if it does not fit.
  std::shared_ptr<Layer> (*make)(const BlockOptions& options, int64_t features, bool spatial,
                                 const std::string& where);
};

const Registry<NormalizationRow>& normalizations();

const std::vector<std::string>& activation_names();
/// Applies the activation called `name`; only leaky_relu uses `slope`.
Tensor activate(const std::string& name, const Tensor& x, double slope = 0.01);
/// Returns the spec of that activation; "none" has the kind "identity".
LayerSpec activation_spec(const std::string& name, double slope = 0.01);
/// Makes a layer of that activation. in_place: it may overwrite its input, which saves a pass over
/// memory; false where the input is read again, as by a skip connection or by the backward pass of
/// the layer before (`Network::output_is_free`).
std::shared_ptr<Layer> make_activation(const std::string& name, double slope, bool in_place);

}  // namespace latent
