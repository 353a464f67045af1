// The running statistics of batch normalisation, which a forward pass changes before it is known
// whether its loss is finite.
#pragma once

#include <torch/nn/module.h>

#include <vector>

#include "core/tensor.h"

namespace latent {

/// Turns the buffers of modules into views of one flat buffer, which is saved and restored as a
/// whole.
///
/// The modules must already be on their device and must not be moved afterwards.
class RunningStatistics {
 public:
  explicit RunningStatistics(const std::vector<torch::nn::Module*>& modules);

  /// Saves the present values.
  void save();
  /// Restores the saved values if `bad`, a bool scalar on the device, is true; does not wait for
  /// the device.
  void restore_if(const Tensor& bad);
  /// Returns the flat buffer, [S] float32; undefined without statistics.
  const Tensor& values() const { return values_; }

 private:
  Tensor values_, saved_;  // [S] float32; undefined if there are none
};

}  // namespace latent
