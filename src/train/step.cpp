#include "train/step.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "core/random.h"
#include "core/together.h"
#include "train/arithmetic.h"

namespace latent {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();  // no step has this number

// A process that is alone multiplies nothing.
Tensor share_of(const Tensor& loss, double share) { return share == 1 ? loss : loss * share; }

// Of losses and decoded images; a model in double precision keeps it.
Tensor single_or_double(const Tensor& x) {
  return x.scalar_type() == at::kDouble ? x : x.to(at::kFloat);
}

Batch part_of_batch(const Batch& batch, int64_t first, int64_t count) {
  const auto part = [&](const Tensor& x) { return x.defined() ? x.narrow(0, first, count) : x; };
  return {
      .input = part(batch.input), .target = part(batch.target), .condition = part(batch.condition)};
}

std::vector<torch::nn::Module*> all_modules(Autoencoder& model, Objective& objective) {
  std::vector<torch::nn::Module*> modules{&model, &objective};
  for (const auto& [name, adversary] : objective.adversaries())
    modules.push_back(&adversary->module());
  return modules;
}

}  // namespace

TrainingStep::TrainingStep(const TrainOptions& options, std::shared_ptr<Autoencoder> model,
                           std::shared_ptr<Objective> objective, const c10::Device& device,
                           const World& world)
    : options_(options),
      model_(std::move(model)),
      objective_(std::move(objective)),
      device_(device),
      world_(world),
      players_(make_players(options.optimizer, *model_, *objective_)),
      statistics_(all_modules(*model_, *objective_)),
      average_(options_.ema, {parameters().values(), statistics_.values()}) {
  set_arithmetic(options_, device_);
  model_->use_kernels(options_.kernels);
  if (options_.kernels && options_.precision == "bf16" && device_.is_cuda()) {
    model_->narrow_weights([this](const Tensor& weight) { return parameters().narrowed(weight); });
  }
  const auto losses = static_cast<int64_t>(1 + objective_->term_names().size());
  sums_ = at::zeros({losses + 1}, at::TensorOptions(device_).dtype(at::kDouble));
  const auto checked = losses + static_cast<int64_t>(players_.size());
  first_bad_ = at::full({checked}, kNever, at::TensorOptions(device_).dtype(at::kLong));
  never_ = at::full({}, kNever, first_bad_.options());
  one_ = at::ones({1}, at::TensorOptions(device_).dtype(at::kFloat));
  skipped_ = at::zeros({}, at::TensorOptions(device_).dtype(at::kLong));
}

// What a loss learns of the other processes' parts; nothing if each has the whole batch. i, pieces:
// of train.accumulate.
std::optional<Together> TrainingStep::together(const StepNoise& noise, int64_t i,
                                               int64_t pieces) const {
  const BatchPart& part = noise.part();
  if (world_.is_alone() || part.copies > 1 || part.total < 0) return std::nullopt;
  int64_t place = 0;
  for (int64_t before = 0; before < i; ++before) {
    for (const int64_t size : part_sizes(part.total, world_.size(), before, pieces))
      place += size;
  }
  return std::make_optional<Together>(world_, part_sizes(part.total, world_.size(), i, pieces),
                                      place);
}

void TrainingStep::run(const Batch& batch, const StepNoise& noise) {
  statistics_.save();
  parameters().refresh_narrowed();
  const int64_t images = batch.target.size(0);
  const int64_t whole = noise.part().total < 0 ? images : noise.part().total;
  // A part adds its share to the mean over the whole batch.
  const double share =
      static_cast<double>(images) / static_cast<double>(whole * noise.part().copies);
  std::vector<Tensor> values;
  if (options_.accumulate == 1) {
    const auto others = together(noise, 0, 1);
    values = learn(batch, noise, share);
  } else {
    values = learn_in_parts(batch, noise, whole);
  }
  const torch::NoGradGuard no_grad;
  if (!world_.is_alone()) join(values);
  update(std::move(values), whole, noise.step());
}

std::vector<Tensor> TrainingStep::learn_in_parts(const Batch& batch, const StepNoise& noise,
                                                 int64_t whole) {
  const BatchPart& mine = noise.part();
  const int64_t images = batch.target.size(0);
  // As many in every process, although one may have an image less.
  const bool cut = mine.total >= 0 && mine.copies == 1;
  const int64_t parts = std::min(options_.accumulate, cut ? mine.total / world_.size() : images);
  std::vector<Tensor> values, gradients;
  for (int64_t i = 0; i < parts; ++i) {
    const int64_t first = images * i / parts, count = images * (i + 1) / parts - first;
    const StepNoise drawn =
        noise.of_part({.first = mine.first + first, .total = whole, .copies = mine.copies});
    const auto others = together(noise, i, parts);
    const auto added = learn(part_of_batch(batch, first, count), drawn,
                             static_cast<double>(count) / static_cast<double>(whole * mine.copies));
    const torch::NoGradGuard no_grad;
    for (size_t k = 0; k < added.size(); ++k) {
      if (i == 0)
        values.push_back(added[k].detach());
      else
        values[k] = values[k] + added[k].detach();
    }
    for (size_t k = 0; k < players_.size(); ++k) {
      const Tensor computed = players_[k].parameters.gradients();
      if (i == 0)
        gradients.push_back(computed.clone());
      else
        gradients[k].add_(computed);
    }
  }
  for (size_t k = 0; k < players_.size(); ++k)
    players_[k].parameters.gradients().copy_(gradients[k]);
  return values;
}

std::vector<Tensor> TrainingStep::learn(const Batch& batch, const StepNoise& noise, double share) {
  for (auto& player : players_)
    player.parameters.drop_gradients();
  const Output output = forward(batch, noise);
  const Loss loss = (*objective_)(batch.target, output, noise(Stream::kPenalty));
  std::vector<Tensor> values{share_of(loss.total, share)};
  values[0].backward();
  players_.front().parameters.gather_gradients();
  for (const auto& [name, value] : loss.terms)
    values.push_back(share_of(value, share));
  if (players_.size() > 1) {
    for (const Tensor& value :
         play(batch.target, detached(first_sample(output, objective_->samples())), noise, share))
      values.push_back(value);
  }
  return values;
}

void TrainingStep::join(std::vector<Tensor>& values) {
  const Tensor sums = at::stack(values);
  world_.sum(sums);
  values = sums.unbind(0);
  for (auto& player : players_)
    world_.sum(player.parameters.gradients());
}

std::vector<Tensor> TrainingStep::play(const Tensor& images, const Output& output,
                                       const StepNoise& noise, double share) {
  std::vector<Tensor> losses;
  for (auto& player : players_) {
    if (!player.adversary) continue;
    player.parameters.drop_gradients();  // those that the model's loss left in it
    const bool compares = player.adversary->compares_images();
    const Output seen = compares ? with_latents_of_all(output) : output;
    const std::optional<Noise> mine = noise(Stream::kAdversary);
    const Tensor loss = player.adversary->loss(
        {.images = images, .output = seen, .noise = compares ? noise_for_all(mine) : mine});
    losses.push_back(share_of(loss, share));
    losses.back().backward();
    player.parameters.gather_gradients();
  }
  return losses;
}

std::vector<Stream> TrainingStep::streams() const {
  std::vector<Stream> drawn_from{Stream::kDropout};
  if (model_->bottleneck().draws_in_training()) drawn_from.push_back(Stream::kLatents);
  if (objective_->is_noisy()) drawn_from.push_back(Stream::kPenalty);
  if (players_.size() > 1) drawn_from.push_back(Stream::kAdversary);
  return drawn_from;
}

Output TrainingStep::forward(const Batch& batch, const StepNoise& noise) {
  const Autocast narrow(device_, options_.precision);
  Output output = model_->forward(batch.input, batch.condition, noise(Stream::kLatents),
                                  noise(Stream::kDropout), objective_->samples());
  output.decoded = single_or_double(output.decoded);  // losses are sums of many small numbers
  return output;
}

// Only the device knows whether a step is bad. The host does not wait for it: the update of a bad
// step is masked.
void TrainingStep::update(std::vector<Tensor> values, int64_t images, const Tensor& step) {
  const int64_t losses = sums_.size(0) - 1;
  std::vector<Tensor> norms;
  for (const auto& player : players_)
    norms.push_back(player.parameters.gradients().norm());
  values.push_back(norms.size() == 1 ? norms[0] : at::stack(norms).norm());
  const Tensor checked = at::stack(values);                     // [2 + terms + adversaries]
  const Tensor bad = checked - checked != 0, skip = bad.any();  // NaN for what is not finite
  const Tensor masked = skip.to(at::kFloat);
  for (size_t i = 0; i < players_.size(); ++i) {
    if (options_.clip_norm > 0)
      clip_gradients(players_[i].parameters.gradients(), norms[i], options_.clip_norm);
    players_[i].optimizer->step(masked);
  }
  statistics_.restore_if(skip);
  average_.update(step, skip);
  const Tensor means = at::cat({checked.narrow(0, 0, losses), one_});
  sums_.add_(means.masked_fill_(skip, 0), static_cast<double>(images));
  at::minimum_out(first_bad_, first_bad_, at::where(bad, step, never_));
  skipped_.add_(skip);
}

void TrainingStep::forget_bad() { first_bad_.fill_(kNever); }

int64_t TrainingStep::skipped() const { return skipped_.item<int64_t>(); }

std::optional<BadStep> TrainingStep::first_bad() const {
  const Tensor bad = first_bad_.cpu();
  // A bad term makes the total and the gradient bad too: the terms come first.
  std::vector<std::string> names{"the loss"};
  for (const auto& term : objective_->term_names())
    names.push_back(term);
  for (const auto& [name, adversary] : objective_->adversaries())
    names.push_back("the loss of " + name + "'s adversary");
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
  std::string others;
  for (const auto& key : remedies(objective_->chosen(), bad.what))
    others += ", or " + key;
  return fmt::format(
      "training: {} became NaN or infinite at step {}; lower train.optimizer.learning_rate (now "
      "{}), or set train.clip_norm{}",
      bad.what, bad.step + 1, options_.optimizer.learning_rate, others);
}

void TrainingStep::scale_learning_rates(double factor) {
  for (auto& player : players_)
    player.optimizer->set_learning_rate(player.learning_rate * factor);
}

void TrainingStep::check_finite() const {
  if (const auto bad = first_bad()) throw Error(describe(*bad));
}

}  // namespace latent
