// The activation that turns the decoder's output into the mean of a density over the real numbers.
#pragma once

#include <string>

#include "config/section.h"
#include "core/tensor.h"
#include "model/layer_spec.h"

namespace latent {

/// The key `output` of a likelihood: linear, or sigmoid, which keeps the mean in [0, 1].
class OutputActivation {
 public:
  explicit OutputActivation(Section& likelihood);

  /// decoded: any shape.  Returns the mean, of the same shape.
  Tensor mean(const Tensor& decoded) const;
  /// Returns the activation as data.
  LayerSpec spec() const;
  /// Whether the mean always lies in [0, 1].
  bool unit_interval() const { return name_ == "sigmoid"; }

 private:
  std::string name_ = "linear";
};

}  // namespace latent
