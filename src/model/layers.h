// The layers that networks are built from, with their initial weights and descriptions.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent {

/// The framework whose distribution the initial weights are drawn from.
enum class Initialization {
  kKeras,  // Glorot uniform weights, zero biases
  kTorch,  // Kaiming uniform with a = sqrt(5), biases uniform in +-1/sqrt(fan in)
};

class Layer : public torch::nn::Module {
 public:
  virtual Tensor forward(const Tensor& x) = 0;
  /// Returns a description such as "conv 3x3, stride 2".
  virtual std::string describe() const = 0;
  /// Draws the initial weights; layers without weights do nothing.
  virtual void initialize(Initialization, at::Generator&) {}
  /// Returns the number of multiply-adds in one pass from `in` to `out`.
  virtual int64_t multiply_adds(const Tensor& /*in*/, const Tensor& /*out*/) const { return 0; }

  /// Returns the slope, for an activation that is x if x > 0, else slope * x.
  virtual std::optional<double> negative_slope() const { return std::nullopt; }
  /// Returns `forward` of x after such an activation (slope 1: none) if one of our own operations
  /// (src/kernel) computes both at once; else nothing.
  virtual std::optional<Tensor> forward_activated(const Tensor&, double) { return std::nullopt; }
};

/// A row of the table printed before training.
struct LayerSummary {
  std::string name;  // module path, "encoder.conv1"
  std::string description;
  std::vector<int64_t> shape;  // output of one image
  int64_t parameters = 0;      // trainable
  int64_t statistics = 0;      // running statistics of batch normalisation
  int64_t multiply_adds = 0;   // of products, forward, for one image
};

/// Named layers, one after another.
class Network : public torch::nn::Module {
 public:
  void add(const std::string& name, std::shared_ptr<Layer> layer);
  Tensor forward(Tensor x);
  /// Sets whether `forward` may use our own operations (src/kernel) instead of LibTorch's.
  /// LATENT_KERNELS=off forbids them in any case.
  void use_kernels(bool use) { kernels_ = use; }
  void initialize(Initialization kind, at::Generator& generator);
  /// Runs one image through the layers and lists them.  x: a batch of one.  Returns the output.
  Tensor summarize(Tensor x, const std::string& prefix, std::vector<LayerSummary>& summary);

 private:
  // Applies the layer at `first`, or an activation there and the next layer, by one of our own
  // operations if there is one. Returns the number of layers applied.
  size_t forward_by_kernel(size_t first, Tensor& x);

  std::vector<std::shared_ptr<Layer>> layers_;
  bool kernels_ = true;
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
/// Makes a layer that drops features while training, with the device's default generator (the
/// trainer seeds it at each step).
std::shared_ptr<Layer> make_dropout(double probability);

/// Returns the output size of make_conv along one dimension; 0 if the kernel does not fit.
int64_t conv_size(int64_t size, int64_t kernel, int64_t stride);

}  // namespace latent
