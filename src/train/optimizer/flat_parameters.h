// All trainable parameters in one buffer and all gradients in another: one kernel updates them, one
// norm clips them.
#pragma once

#include <torch/nn/module.h>

#include <string>
#include <utility>
#include <vector>

#include "core/tensor.h"

namespace latent {

/// WorkQueue the parameters of modules into views of one flat buffer, and gathers their gradients
/// in another.
///
/// Convolution weights keep channels_last strides inside the buffer, which is the layout the
/// kernels want. On a GPU each parameter begins at a multiple of 64 bytes, since its fast
/// convolutions and products take aligned weights only; the gaps hold zeros. The modules must
/// already be on their device and must not be moved afterwards.
class FlatParameters {
 public:
  explicit FlatParameters(const std::vector<std::pair<std::string, torch::nn::Module*>>& modules);

  Tensor values() const { return values_; }        // [P] float32
  Tensor gradients() const { return gradients_; }  // [P] float32
  /// Before a backward pass: leaves the parameters without gradients, which then become what the
  /// pass computes, instead of being added to it one by one.
  void drop_gradients();
  /// After it: `gradients` holds them, zeros where a parameter has none.
  void gather_gradients();
  /// A view of `flat` ([P]) for each parameter, with its name ("model.encoder.conv1.weight") and
  /// shape.
  std::vector<std::pair<std::string, Tensor>> views(const Tensor& flat) const;

 private:
  struct Slot {
    std::string name;
    int64_t offset;
    std::vector<int64_t> sizes, strides;
  };
  Tensor view(const Tensor& flat, const Slot& slot) const;

  std::vector<Slot> slots_;
  std::vector<Tensor> parameters_;
  Tensor values_, gradients_;
};

}  // namespace latent
