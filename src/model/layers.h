// The layers that networks are built from, with their initial weights and specs.
#pragma once

#include <torch/nn/module.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/noise.h"
#include "core/tensor.h"
#include "model/layer_spec.h"

namespace latent {

/// The framework whose distribution the initial weights are drawn from.
enum class Initialization {
  kKeras,  // Glorot uniform weights, zero biases
  kTorch,  // Kaiming uniform with a = sqrt(5), biases uniform in +-1/sqrt(fan in)
};

/// Returns the copy of a weight: a leaf of autograd with a gradient of its own.
using WeightCopies = std::function<Tensor(const Tensor& weight)>;

class Layer : public torch::nn::Module {
 public:
  virtual Tensor forward(const Tensor& x) = 0;
  /// Returns `forward` of x while training; layers that drop features draw from `noise`.
  virtual Tensor forward_noisy(const Tensor& x, const Noise& /*noise*/) { return forward(x); }
  /// Returns what the layer is: its kind, which has a row in model/layer_kinds.cpp, its numbers and
  /// its tensors.
  virtual LayerSpec spec() const = 0;
  /// Draws the initial weights; layers without weights do nothing.
  virtual void initialize(Initialization, at::Generator&) {}
  /// Sets whether networks inside the layer may use our own operations (src/kernel).
  virtual void use_kernels(bool) {}
  /// Gives the layer copies of its larger weights in bfloat16, to compute with under autocast.
  virtual void narrow_weights(const WeightCopies&) {}
  /// Returns true if the next layer may overwrite the output: it is memory of its own, neither the
  /// input nor a view of it, and the layer's backward pass does not read it.
  virtual bool output_is_free() const { return false; }

  /// Returns the slope, for an activation that is x if x > 0, else slope * x.
  virtual std::optional<double> negative_slope() const { return std::nullopt; }
  /// Returns the activation of `forward` of x, with that slope (1: none), if one of our own
  /// operations joins the two; else nothing.
  virtual std::optional<Tensor> forward_then_activate(const Tensor&, double) {
    return std::nullopt;
  }
  /// Returns true if `forward_activated` computes for feature maps of x's device and type, whatever
  /// their size, and better than an activation at the end of the layer before.
  virtual bool prefers_to_activate(const Tensor&) const { return false; }
  /// Returns `forward` of x after such an activation (slope 1: none) if one of our own operations
  /// (src/kernel) computes both at once; else nothing.
  virtual std::optional<Tensor> forward_activated(const Tensor&, double) { return std::nullopt; }

 protected:
  /// Returns a spec of a kind with the tensors that the layer itself registered, without its
  /// children's.
  LayerSpec spec_of_kind(std::string kind) const;
};

/// Makes a convolution with padding (kernel - 1) / 2, so stride 1 with an odd kernel keeps the
/// size.
std::shared_ptr<Layer> make_conv(int64_t in, int64_t out, int64_t kernel, int64_t stride,
                                 bool bias = true);
/// Makes a transposed convolution that inverts the sizes of make_conv, from `input` to `output`,
/// both [height, width].
std::shared_ptr<Layer> make_up_conv(int64_t in, int64_t out, int64_t kernel, int64_t stride,
                                    std::vector<int64_t> input, std::vector<int64_t> output,
                                    bool bias = true);
std::shared_ptr<Layer> make_dense(int64_t in, int64_t out, bool bias = true);
/// Makes a layer [B, ...] -> [B, size], in the logical (channel-major) order.
std::shared_ptr<Layer> make_flatten();
/// Makes a layer [B, C*H*W] -> [B, C, H, W].
std::shared_ptr<Layer> make_unflatten(int64_t channels, int64_t height, int64_t width);
/// Makes a layer that drops features while training; without noise it draws from the device's
/// default generator.
std::shared_ptr<Layer> make_dropout(double probability);

/// Returns the output size of make_conv along one dimension; 0 if the kernel does not fit.
int64_t conv_size(int64_t size, int64_t kernel, int64_t stride);

}  // namespace latent
