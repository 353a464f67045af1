#include "train/step.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include "core/error.h"
#include "core/random.h"
#include "train/precision.h"

namespace latent {

TrainingStep::TrainingStep(const TrainOptions& options, std::shared_ptr<Autoencoder> model,
                           std::shared_ptr<Objective> objective, const c10::Device& device)
    : options_(options),
      model_(std::move(model)),
      objective_(std::move(objective)),
      device_(device),
      parameters_({{"model.", model_.get()}, {"objective.", objective_.get()}}),
      optimizer_(make_optimizer(options.optimizer, parameters_)) {
  model_->use_kernels(options_.kernels);
  const auto losses = static_cast<int64_t>(1 + objective_->term_names().size());
  sums_ = at::zeros({losses}, at::TensorOptions(device_).dtype(at::kDouble));
  first_bad_ = at::full({losses}, -1, at::TensorOptions(device_).dtype(at::kLong));
}

void TrainingStep::run(const Batch& batch, int64_t step) {
  const auto seed = static_cast<uint64_t>(options_.seed);
  const auto key = static_cast<uint64_t>(step);
  auto noise = generator(seed, Stream::kLatents, key, device_);
  at::Generator dropout = at::globalContext().defaultGenerator(device_);
  dropout.set_current_seed(stream_seed(seed, Stream::kDropout, key));
  parameters_.gradients().zero_();
  const Loss loss = (*objective_)(batch.target, forward(batch.input, noise));
  loss.total.backward();
  if (options_.clip_norm > 0) clip_gradients(parameters_.gradients(), options_.clip_norm);
  optimizer_->step();
  account(loss, batch.target.size(0), step);
}

Output TrainingStep::forward(const Tensor& input, const at::Generator& noise) {
  const Autocast narrow(device_, options_.precision);
  Output output = model_->forward(input, noise);
  output.decoded = output.decoded.to(at::kFloat);  // losses are sums of many small numbers
  return output;
}

void TrainingStep::account(const Loss& loss, int64_t images, int64_t step) {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> values{loss.total};
  for (const auto& [name, value] : loss.terms)
    values.push_back(value);
  const Tensor losses = at::stack(values);
  sums_.add_(losses, static_cast<double>(images));
  const Tensor bad = at::logical_and(at::isfinite(losses).logical_not(), first_bad_ < 0);
  first_bad_.masked_fill_(bad, step);
}

void TrainingStep::check_finite() const {
  const Tensor bad = first_bad_.cpu();
  if (bad.max().item<int64_t>() < 0) return;
  // A bad term makes the total bad: name the term.
  const auto names = objective_->term_names();
  std::string name = "the loss";
  int64_t step = bad[0].item<int64_t>();
  for (size_t i = 0; i < names.size(); ++i) {
    const auto at = bad[static_cast<int64_t>(i) + 1].item<int64_t>();
    if (at >= 0 && at <= step) {
      name = names[i];
      step = at;
      break;
    }
  }
  throw Error(
      fmt::format("training: {} became NaN or infinite at step {}; lower "
                  "train.optimizer.learning_rate (now {}), "
                  "or set train.clip_norm{}; the checkpoints written before are kept",
                  name, step + 1, options_.optimizer.learning_rate,
                  name == "kl" ? ", or objective.kl.warmup_epochs" : ""));
}

}  // namespace latent
