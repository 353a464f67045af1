// All trainable parameters in one buffer and all gradients in another, so that one kernel updates
// them and one norm clips them.
#pragma once

#include <torch/nn/module.h>

#include <string>
#include <utility>
#include <vector>

#include "core/tensor.h"

namespace latent {

/// Turns the parameters of modules into views of one flat buffer, and gathers their gradients in
/// another.
///
/// Convolution weights keep channels_last strides inside the buffer, the layout that the kernels
/// need. On a GPU each parameter begins at a multiple of 64 bytes, because fast convolutions and
/// products require aligned weights; the gaps hold zeros. The modules must already be on their
/// device and must not be moved afterwards. Parameters are float32; a test may have all of them in
/// double precision.
class FlatParameters {
 public:
  explicit FlatParameters(const std::vector<std::pair<std::string, torch::nn::Module*>>& modules);

  Tensor values() const { return values_; }        // [P] float32
  Tensor gradients() const { return gradients_; }  // [P] float32
  /// Removes the parameters' gradients. Call it before a backward pass, which then stores its
  /// gradients instead of adding them to the previous ones.
  void drop_gradients();
  /// Copies the parameters' gradients into `gradients`, zeros for a parameter without one. Call it
  /// after a backward pass.
  void gather_gradients();
  /// Returns a copy of a parameter in bfloat16 for arithmetic in that precision: a leaf of
  /// autograd, whose gradient `gather_gradients` takes in place of the parameter's. Casting all at
  /// once
  /// (`refresh_narrowed`) takes one kernel, where autocast takes two for each weight.
  Tensor narrowed(const Tensor& parameter);
  /// Sets those copies to the values. Call it before a forward pass that uses them.
  void refresh_narrowed();
  /// Returns a view of `flat` ([P]) for each parameter, with its name
  /// ("model.encoder.conv1.weight") and shape.
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
  std::vector<Tensor> narrowed_;  // undefined where nothing asked for a copy
  Tensor values_, gradients_;
  Tensor narrow_values_;  // [P] bfloat16; undefined without copies
};

}  // namespace latent
