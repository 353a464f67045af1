#include "model/activation.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/generated/variable_factories.h>

#include "core/error.h"
#include "model/shared_batch_norm.h"

namespace latent {
namespace {

class Activation : public Layer {
 public:
  Activation(std::string name, double slope, bool in_place)
      : name_(std::move(name)), slope_(slope), in_place_(in_place) {}
  Tensor forward(const Tensor& x) override {
    Tensor values = x;
    if (in_place_ && name_ == "relu") return at::relu_(values);
    if (in_place_ && name_ == "leaky_relu") return at::leaky_relu_(values, slope_);
    return activate(name_, x, slope_);
  }
  LayerSpec spec() const override { return activation_spec(name_, slope_); }
  std::optional<double> negative_slope() const override {
    if (name_ == "relu") return 0.0;
    if (name_ == "leaky_relu") return slope_;
    return std::nullopt;
  }

 private:
  std::string name_;
  double slope_;
  bool in_place_;
};

class BatchNorm : public Layer {
 public:
  BatchNorm(int64_t features, double momentum, double epsilon)
      : momentum_(momentum), epsilon_(epsilon) {
    weight_ = register_parameter("weight", torch::ones({features}));
    bias_ = register_parameter("bias", torch::zeros({features}));
    mean_ = register_buffer("running_mean", torch::zeros({features}));
    variance_ = register_buffer("running_var", torch::ones({features}));
  }
  Tensor forward(const Tensor& x) override {
    const Together* together = is_training() ? Together::now() : nullptr;
    if (together != nullptr) return forward_together(x, *together);
    // The unbiased variance of one value is 0/0, and NaN would stay; Keras's biased one is 0, which
    // says nothing about the data either. So the running variance is left unchanged.
    const bool one_value = is_training() && x.numel() == weight_.numel();
    return at::batch_norm(x, weight_, bias_, mean_, one_value ? variance_.clone() : variance_,
                          is_training(), momentum_, epsilon_,
                          at::globalContext().userEnabledCuDNN());
  }
  LayerSpec spec() const override {
    LayerSpec spec = spec_of_kind("batch_norm");
    spec.numbers = {{"epsilon", epsilon_}, {"momentum", momentum_}};
    return spec;
  }
  bool output_is_free() const override { return true; }

 private:
  Tensor forward_together(const Tensor& x, const Together& together) {
    auto [y, statistics] = shared_batch_norm(x, weight_, bias_, epsilon_, together);
    const torch::NoGradGuard no_grad;
    mean_.mul_(1 - momentum_).add_(statistics.mean, momentum_);
    const auto count = static_cast<double>(statistics.count);
    if (count > 1)
      variance_.mul_(1 - momentum_).add_(statistics.variance, momentum_ * count / (count - 1));
    return y;
  }

  double momentum_, epsilon_;
  Tensor weight_, bias_, mean_, variance_;
};

class GroupNorm : public Layer {
 public:
  GroupNorm(int64_t features, int64_t groups, double epsilon) : groups_(groups), epsilon_(epsilon) {
    weight_ = register_parameter("weight", torch::ones({features}));
    bias_ = register_parameter("bias", torch::zeros({features}));
  }
  Tensor forward(const Tensor& x) override {
    return at::group_norm(x, groups_, weight_, bias_, epsilon_);
  }
  LayerSpec spec() const override {
    LayerSpec spec = spec_of_kind("group_norm");
    spec.integers["groups"] = groups_;
    spec.numbers["epsilon"] = epsilon_;
    return spec;
  }
  bool output_is_free() const override { return true; }

 private:
  int64_t groups_;
  double epsilon_;
  Tensor weight_, bias_;
};

void read_position(Section& normalization, BlockOptions& options) {
  normalization.read("position", options.position, OneOf{{"before", "after"}},
                     "before or after the activation");
}

void read_epsilon(Section& normalization, BlockOptions& options) {
  normalization.read("epsilon", options.epsilon, more_than(0),
                     "added to the variance; Keras's default is 1e-3");
}

void read_layer_norm(Section& normalization, BlockOptions& options) {
  read_position(normalization, options);
  read_epsilon(normalization, options);
}

void read_batch_norm(Section& normalization, BlockOptions& options) {
  read_position(normalization, options);
  normalization.read("momentum", options.momentum, between(0, 1),
                     "share of the new batch in the running statistics; Keras's default is 0.01");
  read_epsilon(normalization, options);
}

void read_group_norm(Section& normalization, BlockOptions& options) {
  read_layer_norm(normalization, options);
  normalization.read("groups", options.groups, at_least(1),
                     "groups of channels normalised together");
}

std::shared_ptr<Layer> make_no_norm(const BlockOptions&, int64_t, bool, const std::string&) {
  return nullptr;
}

std::shared_ptr<Layer> make_batch_norm(const BlockOptions& options, int64_t features, bool,
                                       const std::string&) {
  return std::make_shared<BatchNorm>(features, options.momentum, options.epsilon);
}

std::shared_ptr<Layer> make_layer_norm(const BlockOptions& options, int64_t features, bool,
                                       const std::string&) {
  return std::make_shared<GroupNorm>(features, 1, options.epsilon);
}

std::shared_ptr<Layer> make_group_norm(const BlockOptions& options, int64_t features, bool spatial,
                                       const std::string& where) {
  const int64_t count = spatial ? options.groups : 1;
  if (features % count != 0) {
    throw Error(where + ".normalization.groups: " + std::to_string(count) +
                " groups do not divide " + std::to_string(features) +
                " channels; expected a divisor of every layer's channels");
  }
  return std::make_shared<GroupNorm>(features, count, options.epsilon);
}

}  // namespace

const std::vector<std::string>& activation_names() {
  static const std::vector<std::string> names{"none", "relu", "leaky_relu", "elu",     "silu",
                                              "gelu", "tanh", "sigmoid",    "softplus"};
  return names;
}

Tensor activate(const std::string& name, const Tensor& x, double slope) {
  if (name == "relu") return at::relu(x);
  if (name == "leaky_relu") return at::leaky_relu(x, slope);
  if (name == "elu") return at::elu(x);
  if (name == "silu") return at::silu(x);
  if (name == "gelu") return at::gelu(x);
  if (name == "tanh") return at::tanh(x);
  if (name == "sigmoid") return at::sigmoid(x);
  if (name == "softplus") return at::softplus(x);
  return x;
}

LayerSpec activation_spec(const std::string& name, double slope) {
  LayerSpec spec;
  spec.kind = name == "none" ? "identity" : name;
  if (name == "leaky_relu") spec.numbers["slope"] = slope;
  return spec;
}

std::shared_ptr<Layer> make_activation(const std::string& name, double slope, bool in_place) {
  return std::make_shared<Activation>(name, slope, in_place);
}

const Registry<NormalizationRow>& normalizations() {
  static Registry<NormalizationRow> registry(
      "normalization",
      {
          {"none", "no normalisation", read_layer_norm, make_no_norm},
          {"batch", "over the images of a batch, each channel by itself", read_batch_norm,
           make_batch_norm},
          {"group", "over groups of channels of one image; in dense layers over all units",
           read_group_norm, make_group_norm},
          {"layer", "over all channels of one image", read_layer_norm, make_layer_norm},
      });
  return registry;
}

void BlockOptions::read(Section& section) {
  section.read("activation", activation, OneOf{activation_names()}, "activation after each layer");
  section.read("slope", slope, at_least(0),
               "slope of leaky_relu below zero; Keras uses 0.3, PyTorch 0.01");
  Component chosen = section.component("normalization", normalization, normalizations().names(),
                                       "normalisation of each layer's output");
  normalization = chosen.name;
  normalizations().find(normalization, "normalization").read(chosen.section, *this);
  section.read("dropout", dropout, from_below(0, 1), "share of features dropped while training");
}

void BlockOptions::add_to(Network& network, const std::string& suffix, int64_t features,
                          bool spatial, const std::string& where) const {
  const NormalizationRow& row = normalizations().find(normalization, where);
  auto norm = row.make(*this, features, spatial, where);
  if (norm && position == "before") network.add("norm" + suffix, norm);
  if (activation != "none")
    network.add("act" + suffix, make_activation(activation, slope, network.output_is_free()));
  if (norm && position == "after") network.add("norm" + suffix, norm);
  if (dropout > 0) network.add("dropout" + suffix, make_dropout(dropout));
}

}  // namespace latent
