#include "train/step.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <limits>

#include "core/error.h"
#include "core/random.h"
#include "train/arithmetic.h"

namespace latent {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();  // no step has this number

}  // namespace

TrainingStep::TrainingStep(const TrainOptions& options, std::shared_ptr<Autoencoder> model,
                           std::shared_ptr<Objective> objective, const c10::Device& device)
    : options_(options),
      model_(std::move(model)),
      objective_(std::move(objective)),
      device_(device),
      parameters_({{"model.", model_.get()}, {"objective.", objective_.get()}}),
      statistics_({model_.get(), objective_.get()}),
      optimizer_(make_optimizer(options.optimizer, parameters_)),
      noise_(generator(static_cast<uint64_t>(options.seed), Stream::kLatents, 0, device)) {
  set_arithmetic(options_, device_);
  model_->use_kernels(options_.kernels);
  const auto losses = static_cast<int64_t>(1 + objective_->term_names().size());
  sums_ = at::zeros({losses + 1}, at::TensorOptions(device_).dtype(at::kDouble));
  first_bad_ = at::full({losses + 1}, kNever, at::TensorOptions(device_).dtype(at::kLong));
  never_ = at::full({}, kNever, first_bad_.options());
  one_ = at::ones({1}, at::TensorOptions(device_).dtype(at::kFloat));
  skipped_ = at::zeros({}, at::TensorOptions(device_).dtype(at::kLong));
  number_ = at::zeros({}, at::TensorOptions(device_).dtype(at::kLong));
}

void TrainingStep::run(const Batch& batch, int64_t step) {
  key(step);
  train(batch);
}

void TrainingStep::key(int64_t step) {
  const auto seed = static_cast<uint64_t>(options_.seed);
  const auto index = static_cast<uint64_t>(step);
  noise_.set_current_seed(stream_seed(seed, Stream::kLatents, index));
  at::Generator dropout = at::globalContext().defaultGenerator(device_);
  dropout.set_current_seed(stream_seed(seed, Stream::kDropout, index));
  if (step != next_) number_.fill_(step);
  next_ = step + 1;
}

void TrainingStep::train(const Batch& batch) {
  statistics_.save();
  parameters_.drop_gradients();
  const Loss loss = (*objective_)(batch.target, forward(batch.input));
  loss.total.backward();
  parameters_.gather_gradients();
  update(loss, batch.target.size(0));
}

std::vector<at::Generator> TrainingStep::generators() const {
  if (!model_->bottleneck().is_noisy()) return {};
  return {noise_};
}

Output TrainingStep::forward(const Tensor& input) {
  const Autocast narrow(device_, options_.precision);
  Output output = model_->forward(input, noise_);
  output.decoded = output.decoded.to(at::kFloat);  // losses are sums of many small numbers
  return output;
}

// Only the device knows whether a step is bad. The host does not wait for it: the update of a bad
// step is masked.
void TrainingStep::update(const Loss& loss, int64_t images) {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> values{loss.total};
  for (const auto& [name, value] : loss.terms)
    values.push_back(value);
  const Tensor gradients = parameters_.gradients(), norm = gradients.norm();
  values.push_back(norm);
  const Tensor checked = at::stack(values);                     // [2 + terms]
  const Tensor bad = checked - checked != 0, skip = bad.any();  // NaN for what is not finite
  if (options_.clip_norm > 0) clip_gradients(gradients, norm, options_.clip_norm);
  optimizer_->step(skip.to(at::kFloat));
  statistics_.restore_if(skip);
  const Tensor losses = at::cat({checked.narrow(0, 0, checked.size(0) - 1), one_});
  sums_.add_(losses.masked_fill_(skip, 0), static_cast<double>(images));
  at::minimum_out(first_bad_, first_bad_, at::where(bad, number_, never_));
  skipped_.add_(skip);
  number_.add_(1);
}

void TrainingStep::forget_bad() { first_bad_.fill_(kNever); }

int64_t TrainingStep::skipped() const { return skipped_.item<int64_t>(); }

std::optional<BadStep> TrainingStep::first_bad() const {
  const Tensor bad = first_bad_.cpu();
  // A bad term makes the total and the gradient bad too: the terms come first.
  std::vector<std::string> names{"the loss"};
  for (const auto& term : objective_->term_names())
    names.push_back(term);
  names.emplace_back("the gradient");
  std::string name;
  int64_t step = kNever;
  const auto consider = [&](size_t i) {
    const auto at = bad[static_cast<int64_t>(i)].item<int64_t>();
    if (at >= step) return;
    name = names[i];
    step = at;
  };
  for (size_t i = 1; i + 1 < names.size(); ++i)
    consider(i);
  consider(0);
  consider(names.size() - 1);
  if (step == kNever) return std::nullopt;
  return BadStep{.step = step, .what = name};
}

std::string TrainingStep::describe(const BadStep& bad) const {
  return fmt::format(
      "training: {} became NaN or infinite at step {}; lower train.optimizer.learning_rate (now "
      "{}), or set train.clip_norm{}",
      bad.what, bad.step + 1, options_.optimizer.learning_rate,
      bad.what == "kl" ? ", or objective.kl.warmup_epochs" : "");
}

void TrainingStep::check_finite() const {
  if (const auto bad = first_bad()) throw Error(describe(*bad));
}

}  // namespace latent
