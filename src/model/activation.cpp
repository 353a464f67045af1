#include "model/activation.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/generated/variable_factories.h>

#include "core/error.h"

namespace latent {
namespace {

class Activation : public Layer {
 public:
  Activation(std::string name, double slope) : name_(std::move(name)), slope_(slope) {}
  // In place where the layer before has no need of its output, as is true of all that come before
  // an activation: a pass over memory less.
  Tensor forward(const Tensor& x) override {
    Tensor values = x;
    if (name_ == "relu") return at::relu_(values);
    if (name_ == "leaky_relu") return at::leaky_relu_(values, slope_);
    return activate(name_, x, slope_);
  }
  std::string describe() const override { return name_; }
  std::optional<double> negative_slope() const override {
    if (name_ == "relu") return 0.0;
    if (name_ == "leaky_relu") return slope_;
    return std::nullopt;
  }

 private:
  std::string name_;
  double slope_;
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
    // The unbiased variance of one value is 0/0, and NaN would stay; Keras's biased one is 0, which
    // says nothing of the data either: the running variance is left as it is.
    const bool one_value = is_training() && x.numel() == weight_.numel();
    return at::batch_norm(x, weight_, bias_, mean_, one_value ? variance_.clone() : variance_,
                          is_training(), momentum_, epsilon_,
                          at::globalContext().userEnabledCuDNN());
  }
  std::string describe() const override { return "batch norm"; }

 private:
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
  std::string describe() const override {
    return groups_ == 1 ? "layer norm" : "group norm, " + std::to_string(groups_) + " groups";
  }

 private:
  int64_t groups_;
  double epsilon_;
  Tensor weight_, bias_;
};

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

void BlockOptions::read(Section& section) {
  section.read("activation", activation, OneOf{activation_names()}, "activation after each layer");
  section.read("slope", slope, at_least(0),
               "slope of leaky_relu below zero; Keras uses 0.3, PyTorch 0.01");
  Component chosen =
      section.component("normalization", normalization, {"none", "batch", "group", "layer"},
                        "normalisation of each layer's output");
  normalization = chosen.name;
  chosen.section.read("position", position, OneOf{{"before", "after"}},
                      "before or after the activation");
  if (normalization == "batch") {
    chosen.section.read(
        "momentum", momentum, between(0, 1),
        "share of the new batch in the running statistics; Keras's default is 0.01");
  }
  chosen.section.read("epsilon", epsilon, more_than(0),
                      "added to the variance; Keras's default is 1e-3");
  if (normalization == "group") {
    chosen.section.read("groups", groups, at_least(1), "groups of channels normalised together");
  }
  section.read("dropout", dropout, from_below(0, 1), "share of features dropped while training");
}

void BlockOptions::add_to(Network& network, const std::string& suffix, int64_t features,
                          bool spatial, const std::string& where) const {
  const auto add_norm = [&] {
    if (normalization == "batch") {
      network.add("norm" + suffix, std::make_shared<BatchNorm>(features, momentum, epsilon));
    } else if (normalization != "none") {
      const int64_t count = normalization == "layer" || !spatial ? 1 : groups;
      if (features % count != 0) {
        throw Error(where + ".normalization.groups: " + std::to_string(count) +
                    " groups do not divide " + std::to_string(features) +
                    " channels; expected a divisor of every layer's channels");
      }
      network.add("norm" + suffix, std::make_shared<GroupNorm>(features, count, epsilon));
    }
  };
  if (position == "before") add_norm();
  if (activation != "none")
    network.add("act" + suffix, std::make_shared<Activation>(activation, slope));
  if (position == "after") add_norm();
  if (dropout > 0) network.add("dropout" + suffix, make_dropout(dropout));
}

}  // namespace latent
