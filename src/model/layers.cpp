#include "model/layers.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/generated/variable_factories.h>

#include <cmath>

#include "kernel/activated_conv.h"
#include "kernel/activated_strided_conv.h"
#include "kernel/cuda_kernels.h"

namespace latent {
namespace {

// Draws `weight` and `bias`. fan_in, fan_out: the numbers of connections of one unit.
void draw(Tensor weight, const Tensor& bias, double fan_in, double fan_out, Initialization kind,
          at::Generator& generator) {
  const torch::NoGradGuard no_grad;
  const bool keras = kind == Initialization::kKeras;
  const double bound = keras ? std::sqrt(6.0 / (fan_in + fan_out)) : 1.0 / std::sqrt(fan_in);
  weight.copy_(at::empty(weight.sizes()).uniform_(-bound, bound, generator));
  if (!bias.defined()) return;
  if (keras) {
    bias.zero_();
  } else {
    bias.copy_(at::empty(bias.sizes()).uniform_(-bound, bound, generator));
  }
}

// Both frameworks take the fan-in from the second axis of a kernel, even of a transposed one.
void draw_kernel(const Tensor& weight, const Tensor& bias, Initialization kind,
                 at::Generator& generator) {
  const auto field = static_cast<double>(weight.size(2) * weight.size(3));
  draw(weight, bias, static_cast<double>(weight.size(1)) * field,
       static_cast<double>(weight.size(0)) * field, kind, generator);
}

// Adds to `spec` the numbers of a convolution, transposed or not.
void add_kernel(LayerSpec& spec, const Tensor& weight, int64_t stride) {
  const int64_t kernel = weight.size(2);
  spec.integers = {{"kernel", kernel}, {"stride", stride}, {"padding", (kernel - 1) / 2}};
}

// A weight, and its copy in bfloat16 on a GPU (FlatParameters::narrowed).
struct Weight {
  Tensor full, narrow;

  const Tensor& operator()() const {
    return narrow.defined() && at::autocast::is_autocast_enabled(at::kCUDA) ? narrow : full;
  }
};

// What a convolution and a transposed one share: a kernel, a bias and a stride.
class KernelLayer : public Layer {
 public:
  void narrow_weights(const WeightCopies& copy) override { weight_.narrow = copy(weight_.full); }
  bool output_is_free() const override { return true; }
  void initialize(Initialization kind, at::Generator& generator) override {
    draw_kernel(weight_.full, bias_, kind, generator);
  }

 protected:
  // weight: sizes of the kernel; biases: their number.
  KernelLayer(at::IntArrayRef weight, int64_t biases, bool bias, int64_t stride) : stride_(stride) {
    weight_.full = register_parameter("weight", torch::empty(weight));
    if (bias) bias_ = register_parameter("bias", torch::empty({biases}));
  }
  int64_t padding() const { return (weight_.full.size(2) - 1) / 2; }

  int64_t stride_;
  Weight weight_;
  Tensor bias_;
};

class Conv : public KernelLayer {
 public:
  Conv(int64_t in, int64_t out, int64_t kernel, int64_t stride, bool bias)
      : KernelLayer({out, in, kernel, kernel}, out, bias, stride) {}
  Tensor forward(const Tensor& x) override {
    return at::conv2d(x, weight_(), bias_, stride_, padding());
  }
  std::optional<Tensor> forward_activated(const Tensor& x, double slope) override {
    if (stride_ == 1 && kernel::is_narrow(x, weight_.full))
      return kernel::activated_conv(x, slope, weight_.full, bias_);
    if (prefers_to_activate(x)) return kernel::narrow_conv(x, slope, weight_.full, bias_);
    const kernel::Extent output{.height = conv_size(x.size(2), weight_.full.size(2), stride_),
                                .width = conv_size(x.size(3), weight_.full.size(2), stride_)};
    if (stride_ == 1 || !kernel::prefers_strided(x, weight_.full, output)) return std::nullopt;
    return kernel::activated_strided_conv(x, slope, weight_.full, bias_, stride_, output);
  }
  std::optional<Tensor> forward_then_activate(const Tensor& x, double slope) override {
    if (kernel::is_image_conv(x, weight_.full))
      return kernel::image_conv(x, weight_.full, bias_, stride_, slope);
    if (!kernel::can_add_bias(x, weight_.full.size(0), bias_)) return std::nullopt;
    return kernel::add_bias(at::conv2d(x, weight_(), {}, stride_, padding()), bias_, slope);
  }
  bool prefers_to_activate(const Tensor& x) const override {
    return stride_ == 1 && kernel::is_narrow_on_gpu(x, weight_.full);
  }
  LayerSpec spec() const override {
    LayerSpec spec = spec_of_kind("conv");
    add_kernel(spec, weight_.full, stride_);
    return spec;
  }
};

class UpConv : public KernelLayer {
 public:
  UpConv(int64_t in, int64_t out, int64_t kernel, int64_t stride, const std::vector<int64_t>& input,
         const std::vector<int64_t>& output, bool bias)
      : KernelLayer({in, out, kernel, kernel}, out, bias, stride) {
    const int64_t padding = (kernel - 1) / 2;
    for (size_t i = 0; i < 2; ++i) {
      extra_.push_back(output[i] - ((input[i] - 1) * stride - 2 * padding + kernel));
    }
  }
  Tensor forward(const Tensor& x) override {
    return at::conv_transpose2d(x, weight_(), bias_, stride_, padding(), extra_);
  }
  std::optional<Tensor> forward_activated(const Tensor& x, double slope) override {
    const kernel::Extent output{.height = reach(x, 0), .width = reach(x, 1)};
    if (stride_ == 1 || !kernel::prefers_strided(x, weight_.full, output)) return std::nullopt;
    return kernel::activated_transposed_conv(x, slope, weight_.full, bias_, stride_, output);
  }
  std::optional<Tensor> forward_then_activate(const Tensor& x, double slope) override {
    if (!kernel::can_add_bias(x, weight_.full.size(1), bias_)) return std::nullopt;
    return kernel::add_bias(at::conv_transpose2d(x, weight_(), {}, stride_, padding(), extra_),
                            bias_, slope);
  }
  LayerSpec spec() const override {
    LayerSpec spec = spec_of_kind("transposed_conv");
    add_kernel(spec, weight_.full, stride_);
    spec.lists["output_padding"] = extra_;
    return spec;
  }

 private:
  // Size of the output along one of the two dimensions.
  int64_t reach(const Tensor& x, int64_t dimension) const {
    const int64_t kernel = weight_.full.size(2);
    return (x.size(dimension + 2) - 1) * stride_ - 2 * ((kernel - 1) / 2) + kernel +
           extra_[static_cast<size_t>(dimension)];
  }

  std::vector<int64_t> extra_;  // output_padding of each dimension
};

class Dense : public Layer {
 public:
  Dense(int64_t in, int64_t out, bool bias) {
    weight_.full = register_parameter("weight", torch::empty({out, in}));
    if (bias) bias_.full = register_parameter("bias", torch::empty({out}));
  }
  Tensor forward(const Tensor& x) override { return at::linear(x, weight_(), bias_()); }
  void narrow_weights(const WeightCopies& copy) override {
    weight_.narrow = copy(weight_.full);
    if (bias_.full.defined()) bias_.narrow = copy(bias_.full);
  }
  LayerSpec spec() const override { return spec_of_kind("dense"); }
  bool output_is_free() const override { return true; }
  void initialize(Initialization kind, at::Generator& generator) override {
    draw(weight_.full, bias_.full, static_cast<double>(weight_.full.size(1)),
         static_cast<double>(weight_.full.size(0)), kind, generator);
  }

 private:
  Weight weight_, bias_;
};

class Flatten : public Layer {
 public:
  Tensor forward(const Tensor& x) override { return x.flatten(1); }
  // Where values lie in one row, forward and backward are several times faster.
  std::optional<Tensor> forward_activated(const Tensor& x, double slope) override {
    if (slope == 1) return std::nullopt;
    return slope == 0 ? at::relu(x.flatten(1)) : at::leaky_relu(x.flatten(1), slope);
  }
  LayerSpec spec() const override { return spec_of_kind("flatten"); }
};

class Unflatten : public Layer {
 public:
  Unflatten(int64_t channels, int64_t height, int64_t width)
      : shape_{-1, channels, height, width} {}
  Tensor forward(const Tensor& x) override {
    return x.view(shape_).contiguous(at::MemoryFormat::ChannelsLast);
  }
  LayerSpec spec() const override {
    LayerSpec spec = spec_of_kind("reshape");
    spec.lists["shape"] = {shape_.begin() + 1, shape_.end()};
    return spec;
  }

 private:
  std::vector<int64_t> shape_;
};

class Dropout : public Layer {
 public:
  explicit Dropout(double probability) : probability_(probability) {}
  Tensor forward(const Tensor& x) override { return at::dropout(x, probability_, is_training()); }
  Tensor forward_noisy(const Tensor& x, const Noise& noise) override {
    if (!is_training() || probability_ == 0) return x;
    return x * noise.bernoulli(x, 1 - probability_).div_(1 - probability_);
  }
  LayerSpec spec() const override {
    LayerSpec spec = spec_of_kind("dropout");
    spec.numbers["probability"] = probability_;
    return spec;
  }

 private:
  double probability_;
};

}  // namespace

LayerSpec Layer::spec_of_kind(std::string kind) const {
  LayerSpec spec;
  spec.kind = std::move(kind);
  for (const auto& parameter : named_parameters(/*recurse=*/false))
    spec.weights.emplace_back(parameter.key(), parameter.value());
  for (const auto& buffer : named_buffers(/*recurse=*/false))
    spec.statistics.emplace_back(buffer.key(), buffer.value());
  return spec;
}

int64_t conv_size(int64_t size, int64_t kernel, int64_t stride) {
  const int64_t room = size + 2 * ((kernel - 1) / 2) - kernel;
  return room < 0 ? 0 : room / stride + 1;  // division rounds a negative room up, to one position
}

std::shared_ptr<Layer> make_conv(int64_t in, int64_t out, int64_t kernel, int64_t stride,
                                 bool bias) {
  return std::make_shared<Conv>(in, out, kernel, stride, bias);
}

std::shared_ptr<Layer> make_up_conv(int64_t in, int64_t out, int64_t kernel, int64_t stride,
                                    std::vector<int64_t> input, std::vector<int64_t> output,
                                    bool bias) {
  return std::make_shared<UpConv>(in, out, kernel, stride, input, output, bias);
}

std::shared_ptr<Layer> make_dense(int64_t in, int64_t out, bool bias) {
  return std::make_shared<Dense>(in, out, bias);
}

std::shared_ptr<Layer> make_flatten() { return std::make_shared<Flatten>(); }

std::shared_ptr<Layer> make_unflatten(int64_t channels, int64_t height, int64_t width) {
  return std::make_shared<Unflatten>(channels, height, width);
}

std::shared_ptr<Layer> make_dropout(double probability) {
  return std::make_shared<Dropout>(probability);
}

}  // namespace latent
