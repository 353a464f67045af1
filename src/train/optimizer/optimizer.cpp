#include "train/optimizer/optimizer.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace latent {
namespace {

// The overloads of ATen's fused kernels whose learning rate is a tensor.
using FusedKernel = void (*)(at::TensorList, at::TensorList, at::TensorList, at::TensorList,
                             at::TensorList, at::TensorList, const Tensor&, double, double, double,
                             double, bool, bool, const std::optional<Tensor>&,
                             const std::optional<Tensor>&);
constexpr FusedKernel fused_adam = at::_fused_adam_;
constexpr FusedKernel fused_adamw = at::_fused_adamw_;

// A GPU divides the work of a fused kernel among its processors in chunks of 65,536 numbers, one
// entry of a list at a time: as a single entry, a small model would occupy only a few processors.
std::vector<Tensor> for_fused_kernel(const Tensor& flat) {
  constexpr int64_t kEntries = 32, kLeast = 4096, kAligned = 16;
  if (flat.device().is_cpu()) return {flat};
  const int64_t share = (flat.numel() + kEntries - 1) / kEntries;
  return flat.split(std::max(kLeast, (share + kAligned - 1) / kAligned * kAligned));
}

// Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019), by a fused kernel of ATen.
class Adam : public Optimizer {
 public:
  Adam(FusedKernel kernel, const OptimizerOptions& options, FlatParameters& parameters)
      : kernel_(kernel),
        options_(options),
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
    kernel_(all_values_, all_gradients_, all_averages_, all_squares_, {}, all_steps_, rate_,
            options_.beta1, options_.beta2, options_.weight_decay, options_.epsilon, false, false,
            {}, skip);
  }
  Tensor learning_rate() override { return rate_; }
  std::map<std::string, Tensor> state() override {
    return {{"exp_avg", average_}, {"exp_avg_sq", square_}, {"step", steps_}};
  }

 private:
  FusedKernel kernel_;
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

void read_adam(Section& optimizer, OptimizerOptions& options) {
  optimizer.read("beta1", options.beta1, from_below(0, 1), "decay of the gradient's running mean");
  optimizer.read("beta2", options.beta2, from_below(0, 1),
                 "decay of the running mean of the squared gradient");
  optimizer.read("epsilon", options.epsilon, more_than(0.0),
                 "added to the denominator, for numerical stability; Keras's default is 1e-7");
}

void read_sgd(Section& optimizer, OptimizerOptions& options) {
  optimizer.read("momentum", options.momentum, from_below(0, 1),
                 "share of the previous update that is kept");
}

std::unique_ptr<Optimizer> make_adam(const OptimizerOptions& options, FlatParameters& parameters) {
  return std::make_unique<Adam>(fused_adam, options, parameters);
}

std::unique_ptr<Optimizer> make_adamw(const OptimizerOptions& options, FlatParameters& parameters) {
  return std::make_unique<Adam>(fused_adamw, options, parameters);
}

std::unique_ptr<Optimizer> make_sgd(const OptimizerOptions& options, FlatParameters& parameters) {
  return std::make_unique<Sgd>(options, parameters);
}

}  // namespace

const Registry<OptimizerRow>& optimizers() {
  static Registry<OptimizerRow> registry(
      "optimizer",
      {
          {"adam", "Adam; weight decay is added to the gradient", read_adam, make_adam},
          {"adamw", "Adam with decoupled weight decay", read_adam, make_adamw},
          {"sgd", "stochastic gradient descent with momentum", read_sgd, make_sgd},
      });
  return registry;
}

void Optimizer::set_learning_rate(double rate) {
  if (rate_set_ == rate) return;
  learning_rate().fill_(rate);
  rate_set_ = rate;
}

void OptimizerOptions::read(Section& train) {
  Component chosen =
      train.component("optimizer", name, optimizers().names(), "how weights are updated");
  name = chosen.name;
  chosen.section.read("learning_rate", learning_rate, more_than(0.0),
                      "step size at the start of the schedule");
  chosen.section.read("weight_decay", weight_decay, at_least(0.0),
                      "pull of the weights towards zero");
  optimizers().find(name, "train.optimizer").read(chosen.section, *this);
}

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          FlatParameters& parameters) {
  return optimizers().find(options.name, "train.optimizer").make(options, parameters);
}

void clip_gradients(Tensor gradients, const Tensor& norm, double limit) {
  gradients.mul_((limit / (norm + 1e-6)).clamp_max(1.0));
}

}  // namespace latent
