#include "train/trainer.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/random.h"
#include "train/checkpoint.h"

namespace latent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kCheckEvery = 50;  // steps between looks at the device's NaN flags

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

Trainer::Trainer(const TrainOptions& options, std::shared_ptr<Autoencoder> model,
                 std::shared_ptr<Objective> objective, TrainingData data, RunDirectory run,
                 std::string config, const c10::Device& device)
    : options_(options),
      model_(model),
      objective_(objective),
      train_(std::move(data.train), data.augmentation, data.corruption, options.seed, device),
      validation_(std::move(data.validation)),
      corruption_(std::move(data.corruption)),
      run_(std::move(run)),
      config_(std::move(config)),
      device_(device),
      step_(options, std::move(model), std::move(objective), device),
      schedule_(options.schedule, options.epochs) {
  metrics_.columns = {"epoch", "step", "seconds", "images_per_second", "learning_rate"};
  for (const char* split : {"train_", "val_"}) {
    metrics_.columns.push_back(std::string(split) + "loss");
    for (const auto& name : objective_->term_names())
      metrics_.columns.push_back(split + name);
  }
  metrics_.columns.push_back("val_nll_mean");
  if (objective_->sparse()) {
    for (const char* name : {"val_mean_activation", "val_active_share", "val_dead_units"})
      metrics_.columns.emplace_back(name);
  }
}

int64_t Trainer::batches() const {
  return (train_.count() + options_.batch_size - 1) / options_.batch_size;
}

void Trainer::train(const TrainEvents& events) {
  while (state_.epoch < options_.epochs) {
    if (options_.patience > 0 && state_.waited >= options_.patience) {
      log::info("stopped early: no better val_loss than epoch {}'s for {} epochs",
                state_.best_epoch, state_.waited);
      return;
    }
    train_epoch(events);
    finish_epoch(events);
  }
}

void Trainer::train_epoch(const TrainEvents& events) {
  model_->train();
  const auto seed = static_cast<uint64_t>(options_.seed);
  auto shuffle = generator(seed, Stream::kShuffle, static_cast<uint64_t>(state_.epoch));
  const Tensor order = at::randperm(train_.count(), shuffle, at::kLong).to(device_);  // [N]
  const auto start = Clock::now();
  const double before = state_.epoch_seconds;
  while (state_.batch < batches()) {
    set_schedules(state_.batch);
    const int64_t first = state_.batch * options_.batch_size;
    const int64_t count = std::min(options_.batch_size, train_.count() - first);
    const auto step_start = Clock::now();
    const Batch batch = train_.fetch(order.narrow(0, first, count), state_.step);
    data_seconds_ += seconds_since(step_start);
    step_.run(batch, state_.step);
    step_seconds_ += seconds_since(step_start);
    ++state_.batch;
    ++state_.step;
    if (state_.step % kCheckEvery == 0) step_.check_finite();
    state_.epoch_seconds = before + seconds_since(start);
    if (events.step) {
      events.step({.epoch = state_.epoch + 1,
                   .epochs = options_.epochs,
                   .images = first + count,
                   .total = train_.count(),
                   .seconds = state_.epoch_seconds,
                   .losses = [this, images = first + count] { return mean_losses(images); }});
    }
    if (const int signal = interrupt_signal(); signal != 0 && state_.batch < batches())
      stop_for(signal);
  }
  step_.check_finite();
}

void Trainer::finish_epoch(const TrainEvents& events) {
  NamedLosses losses = mean_losses(train_.count());
  step_.reset_sums();
  const double epoch_seconds = std::exchange(state_.epoch_seconds, 0.0);
  ++state_.epoch;
  state_.batch = 0;
  state_.seconds += epoch_seconds;
  // The weights the schedules end with, so that the losses of all epochs compare.
  objective_->schedule(std::numeric_limits<double>::infinity());
  EvaluationOptions options;
  options.seed = static_cast<uint64_t>(options_.seed);
  options.device = device_;
  options.corruption = corruption_;
  const Evaluation validation = evaluate(*model_, *objective_, validation_, options);
  // Only here shows what the epoch's last update did; such weights must not replace a checkpoint.
  if (!std::isfinite(validation.loss)) {
    throw Error(
        fmt::format("validation: the loss became NaN or infinite after step {}; lower "
                    "train.optimizer.learning_rate (now {}), or set train.clip_norm; the "
                    "checkpoints written before are kept",
                    state_.step, options_.optimizer.learning_rate));
  }
  EpochReport report{.epoch = state_.epoch,
                     .epochs = options_.epochs,
                     .step = state_.step,
                     .seconds = state_.seconds,
                     .images_per_second = static_cast<double>(train_.count()) / epoch_seconds,
                     .learning_rate = step_.optimizer().learning_rate().item<double>(),
                     .train = std::move(losses),
                     .validation = &validation,
                     .best = false};
  report.best = note_validation(validation.loss);
  const bool lowered = schedule_.observe(validation.loss);
  append_metrics(report);
  if (report.best) save("best");
  save("last");
  if (events.epoch) events.epoch(report);
  if (lowered) log::info("learning rate lowered: val_loss has stopped improving");
  if (const int signal = interrupt_signal(); signal != 0 && state_.epoch < options_.epochs)
    stop_for(signal);
}

void Trainer::set_schedules(int64_t batch) {
  const double epoch = static_cast<double>(state_.epoch) +
                       static_cast<double>(batch) / static_cast<double>(batches());
  objective_->schedule(epoch);
  step_.optimizer().learning_rate().fill_(options_.optimizer.learning_rate *
                                          schedule_.factor(epoch));
}

NamedLosses Trainer::mean_losses(int64_t images) const {
  const Tensor means = (step_.sums() / static_cast<double>(images)).cpu();  // [1 + terms]
  NamedLosses losses{{"loss", means[0].item<double>()}};
  const auto names = objective_->term_names();
  for (size_t i = 0; i < names.size(); ++i) {
    losses.emplace_back(names[i], means[static_cast<int64_t>(i) + 1].item<double>());
  }
  return losses;
}

bool Trainer::note_validation(double loss) {
  const bool better = loss < state_.best_loss - options_.min_delta;
  state_.waited = better ? 0 : state_.waited + 1;
  if (better) {
    state_.best_loss = loss;
    state_.best_epoch = state_.epoch;
  }
  return better;
}

void Trainer::append_metrics(const EpochReport& report) {
  std::vector<double> row{static_cast<double>(report.epoch), static_cast<double>(report.step),
                          report.seconds, report.images_per_second, report.learning_rate};
  for (const auto& [name, value] : report.train)
    row.push_back(value);
  row.push_back(report.validation->loss);
  for (const auto& [name, value] : report.validation->terms)
    row.push_back(value);
  row.push_back(report.validation->nll_mean);
  if (const auto& sparsity = report.validation->sparsity; objective_->sparse() && sparsity) {
    row.push_back(sparsity->mean_activation);
    row.push_back(sparsity->active_share);
    row.push_back(static_cast<double>(sparsity->dead_units));
  }
  metrics_.rows.push_back(std::move(row));
  write_metrics(run_.metrics(), metrics_);
}

void Trainer::save(const std::string& which) {
  TensorFile file;
  store_model(*model_, *objective_, file);
  store_optimizer(step_.optimizer(), step_.parameters(), file);
  store_state(state_, schedule_, file);
  file.tensors["state.sums"] = step_.sums();
  file.metadata["config"] = config_;
  write_tensors(run_.checkpoint(which), file);
}

void Trainer::restore(const std::filesystem::path& checkpoint) {
  const torch::NoGradGuard no_grad;
  const TensorFile file = read_tensors(checkpoint);
  load_model(*model_, *objective_, file, checkpoint);
  load_optimizer(step_.optimizer(), step_.parameters(), file, checkpoint);
  load_state(state_, schedule_, file, checkpoint);
  step_.sums().copy_(fitting_tensor(file, "state.sums", step_.sums().sizes(), checkpoint));
  if (state_.epoch == 0) return;  // interrupted in the first epoch: no row, hence no file
  metrics_.rows = read_metrics(run_.metrics()).rows;
  if (metrics_.rows.size() < static_cast<size_t>(state_.epoch)) {
    throw Error(run_.metrics().string() + ": ends before epoch " + std::to_string(state_.epoch) +
                " of the checkpoint");
  }
  metrics_.rows.resize(static_cast<size_t>(state_.epoch));  // what came after will be trained again
}

void Trainer::stop_for(int signal) {
  save("last");
  throw Interrupted(fmt::format("interrupted after step {}; everything is saved: go on with latent "
                                "train --run {} --resume",
                                state_.step, run_.path().string()),
                    signal);
}

}  // namespace latent
