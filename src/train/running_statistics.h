// The running statistics of batch normalisation, which a forward pass changes before anybody knows
// whether its loss is any good.
#pragma once

#include <torch/nn/module.h>

#include <vector>

#include "core/tensor.h"

namespace latent {

/// WorkQueue the buffers of modules into views of one flat buffer, which is saved and put back
/// whole.
///
/// The modules must already be on their device and must not be moved afterwards.
class RunningStatistics {
 public:
  explicit RunningStatistics(const std::vector<torch::nn::Module*>& modules);

  /// Remembers them as they are.
  void save();
  /// Puts back what was saved if `bad`, a bool scalar on the device, is true; does not ask it.
  void restore_if(const Tensor& bad);

 private:
  Tensor values_, saved_;  // [S] float32; undefined if there are none
};

}  // namespace latent
