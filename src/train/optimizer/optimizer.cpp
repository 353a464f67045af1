#include "train/optimizer/optimizer.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace latent {
namespace {

// The overloads whose learning rate is a tensor.
using FusedKernel = void (*)(at::TensorList, at::TensorList, at::TensorList, at::TensorList,
                             at::TensorList, at::TensorList, const Tensor&, double, double, double,
                             double, bool, bool, const std::optional<Tensor>&,
                             const std::optional<Tensor>&);
constexpr FusedKernel fused_adam = at::_fused_adam_;
constexpr FusedKernel fused_adamw = at::_fused_adamw_;

// What one kernel takes is shared out among a GPU's processors in chunks of 65,536 numbers, a
// list's entries one by one: in one entry the book's model would keep six of them busy.
std::vector<Tensor> for_fused_kernel(const Tensor& flat) {
  constexpr int64_t kEntries = 32, kLeast = 4096, kAligned = 16;
  if (flat.device().is_cpu()) return {flat};
  const int64_t share = (flat.numel() + kEntries - 1) / kEntries;
  return flat.split(std::max(kLeast, (share + kAligned - 1) / kAligned * kAligned));
}

// Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019) by the fused kernel of ATen.
class Adam : public Optimizer {
 public:
  Adam(const OptimizerOptions& options, FlatParameters& parameters)
      : options_(options),
        values_(parameters.values()),
        gradients_(parameters.gradients()),
        average_(at::zeros_like(values_)),
        square_(at::zeros_like(values_)),
        steps_(at::zeros({}, values_.options())),
        rate_(at::full({}, options.learning_rate, values_.options())),
        all_values_(for_fused_kernel(values_)),
        all_gradients_(for_fused_kernel(gradients_)),
        all_averages_(for_fused_kernel(average_)),
        all_squares_(for_fused_kernel(square_)),
        all_steps_(all_values_.size(), steps_) {}

  void step(const Tensor& bad) override {
    steps_.add_(1);
    const auto skip = bad.defined() ? std::optional(bad) : std::nullopt;
    if (skip) steps_.sub_(*skip);
    const auto kernel = options_.name == "adamw" ? fused_adamw : fused_adam;
    kernel(all_values_, all_gradients_, all_averages_, all_squares_, {}, all_steps_, rate_,
           options_.beta1, options_.beta2, options_.weight_decay, options_.epsilon, false, false,
           {}, skip);
  }
  Tensor learning_rate() override { return rate_; }
  std::map<std::string, Tensor> state() override {
    return {{"exp_avg", average_}, {"exp_avg_sq", square_}, {"step", steps_}};
  }

 private:
  OptimizerOptions options_;
  Tensor values_, gradients_, average_, square_, steps_, rate_;
  std::vector<Tensor> all_values_, all_gradients_, all_averages_, all_squares_, all_steps_;
};

// Stochastic gradient descent with momentum in PyTorch's convention: v = momentum v + g; p -= rate
// v.
class Sgd : public Optimizer {
 public:
  Sgd(const OptimizerOptions& options, FlatParameters& parameters)
      : options_(options),
        values_(parameters.values()),
        gradients_(parameters.gradients()),
        velocity_(at::zeros_like(values_)),
        rate_(at::full({}, options.learning_rate, values_.options())) {}

  void step(const Tensor& bad) override {
    if (options_.weight_decay > 0) gradients_.add_(values_, options_.weight_decay);
    Tensor velocity = (velocity_ * options_.momentum).add_(gradients_);
    Tensor change = velocity * rate_;
    if (bad.defined()) {
      const Tensor skip = bad != 0;
      velocity = at::where(skip, velocity_, velocity);
      change.masked_fill_(skip, 0);
    }
    velocity_.copy_(velocity);
    values_.sub_(change);
  }
  Tensor learning_rate() override { return rate_; }
  std::map<std::string, Tensor> state() override { return {{"velocity", velocity_}}; }

 private:
  OptimizerOptions options_;
  Tensor values_, gradients_, velocity_, rate_;
};

}  // namespace

void Optimizer::set_learning_rate(double rate) {
  if (rate_set_ == rate) return;
  learning_rate().fill_(rate);
  rate_set_ = rate;
}

void OptimizerOptions::read(Section& train) {
  Component chosen =
      train.component("optimizer", name, {"adam", "adamw", "sgd"}, "how weights are updated");
  name = chosen.name;
  chosen.section.read("learning_rate", learning_rate, more_than(0.0),
                      "step size at the start of the schedule");
  chosen.section.read("weight_decay", weight_decay, at_least(0.0),
                      "pull of the weights towards zero");
  if (name == "sgd") {
    chosen.section.read("momentum", momentum, from_below(0, 1), "share of the last update kept");
    return;
  }
  chosen.section.read("beta1", beta1, from_below(0, 1), "decay of the gradient's running mean");
  chosen.section.read("beta2", beta2, from_below(0, 1),
                      "decay of the squared gradient's running mean");
  chosen.section.read("epsilon", epsilon, more_than(0.0),
                      "added to the root; Keras's default is 1e-7");
}

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          FlatParameters& parameters) {
  if (options.name == "sgd") return std::make_unique<Sgd>(options, parameters);
  return std::make_unique<Adam>(options, parameters);
}

void clip_gradients(Tensor gradients, const Tensor& norm, double limit) {
  gradients.mul_((limit / (norm + 1e-6)).clamp_max(1.0));
}

}  // namespace latent
