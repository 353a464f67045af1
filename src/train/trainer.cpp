#include "train/trainer.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/device/device_tools.h"
#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "core/stopwatch.h"
#include "core/system/interrupt.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

constexpr int64_t kCheckEvery = 50;  // steps between looks at the device's NaN flags

// A process that fails to record a step that holds the others' sums would leave them waiting.
TrainOptions stepping_options(TrainOptions options, const World& world, const c10::Device& device) {
  if (world.is_alone()) return options;
  if (options.records_steps() && device.is_cuda() && world.leads())
    log::info("several processes: steps run operation by operation, not as one CUDA graph");
  options.cuda_graph = false;
  return options;
}

}  // namespace

Trainer::Trainer(const TrainOptions& options, std::shared_ptr<Autoencoder> model,
                 std::shared_ptr<Objective> objective, TrainingData data, RunDirectory run,
                 std::string config, const c10::Device& device, const World& world)
    : options_(options),
      model_(model),
      objective_(objective),
      train_(std::move(data.train), data.augmentation, data.corruption, data.condition, device),
      validation_(std::move(data.validation)),
      corruption_(std::move(data.corruption)),
      condition_(std::move(data.condition.condition)),
      row_format_(std::move(data.row_format)),
      run_(std::move(run)),
      config_(std::move(config)),
      device_(device),
      world_(world),
      step_(options, std::move(model), std::move(objective), device, world),
      stepper_(train_, step_, stepping_options(options, world, device), device),
      schedule_(options.schedule, options.epochs),
      metrics_(*objective_, model_->bottleneck().codebook() != nullptr, run_.metrics(),
               world.leads()),
      checkpoints_(run_, options.checkpoint_keep, world) {
  state_.data = {fingerprint(train_.values()), fingerprint(validation_.pixels)};
  if (static_cast<int64_t>(validation_.pixels.nbytes()) <= room_for_images(device))
    validation_.pixels = validation_.pixels.to(device);
}

int64_t Trainer::batches() const {
  return (train_.count() + options_.batch_size - 1) / options_.batch_size;
}

void Trainer::train(TrainListeners listeners) {
  if (options_.on_nan.rolls_back()) {
    if (state_.batch == 0) save();
    // A training resumed within an epoch rolls back to that point, unless the checkpoint of the
    // epoch's start still exists.
    if (state_.batch == 0 || world_.of_leader(checkpoints_.rollback_is_of(state_.epoch)) == 0)
      checkpoints_.keep_for_rollback();
  }
  while (state_.epoch < options_.epochs) {
    if (options_.patience > 0 && state_.waited >= options_.patience) {
      log::info("stopped early: no better val_loss than epoch {}'s{} for {}",
                state_.epoch - state_.waited,
                options_.min_delta > 0
                    ? fmt::format(" by more than {:g} (train.early_stopping.min_delta)",
                                  options_.min_delta)
                    : "",
                counted(state_.waited, "epoch"));
      break;
    }
    try {
      train_epoch(listeners);
      finish_epoch(listeners);
    } catch (const NeedsRollback& needed) {
      roll_back(needed.why);
    }
  }
  const AverageInUse average(step_.average());
  for (TrainListener* listener : listeners)
    listener->finished(state_);
}

void Trainer::train_epoch(TrainListeners listeners) {
  model_->train();
  const auto seed = static_cast<uint64_t>(options_.seed);
  auto shuffle = generator(seed, Stream::kShuffle, static_cast<uint64_t>(state_.epoch));
  const Tensor order =
      at::randperm(train_.count(), shuffle, at::kLong).to(train_.storage_device());  // [N]
  const Stopwatch watch;
  const double before = state_.epoch_seconds;
  if (state_.batch == batches()) set_schedules(state_.batch - 1);  // interrupted in validation
  while (state_.batch < batches()) {
    set_schedules(state_.batch);
    const int64_t first = state_.batch * options_.batch_size;
    const int64_t count = std::min(options_.batch_size, train_.count() - first);
    const Stopwatch stepping;
    const auto [part, mine] = part_of(count, world_);
    data_seconds_ += stepper_.run(order, first + part.first, mine, state_.step, part);
    step_seconds_ += stepping.seconds();
    ++state_.batch;
    ++state_.step;
    stepped_ = true;
    state_.epoch_seconds = before + watch.seconds();
    const StepReport report{.epoch = state_.epoch + 1,
                            .epochs = options_.epochs,
                            .images = first + count,
                            .total = train_.count(),
                            .seconds = state_.epoch_seconds,
                            .losses = [this] { return mean_losses(); }};
    for (TrainListener* listener : listeners)
      listener->step(report);
    const bool ended = state_.batch == batches();  // the end of an epoch saves anyway
    const auto [signal, due] = agreed_wishes(checkpoint_due());
    const bool saving = !ended && (signal != 0 || due);
    if (saving || ended || state_.step % kCheckEvery == 0) {
      const Stopwatch waiting;
      settle_bad_steps(order);  // waits for the device to complete its steps
      step_seconds_ += waiting.seconds();
      state_.epoch_seconds = before + watch.seconds();
    }
    if (saving && signal != 0) stop_for(signal);
    if (saving) save();
  }
}

void Trainer::finish_epoch(TrainListeners listeners) {
  const AverageInUse average(step_.average());
  const Evaluation validation = validate();
  NamedLosses losses = mean_losses();
  step_.reset_sums();
  const double epoch_seconds = std::exchange(state_.epoch_seconds, 0.0);
  ++state_.epoch;
  state_.batch = 0;
  state_.seconds += epoch_seconds;
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
  report.numbers = metrics_.numbers(report);
  metrics_.append(report);
  if (report.best) checkpoints_.write_best(snapshot(), state_.step);
  save();
  if (options_.on_nan.rolls_back()) checkpoints_.keep_for_rollback();
  for (TrainListener* listener : listeners)
    listener->epoch(report);
  if (lowered) log::info("learning rate lowered: val_loss has stopped improving");
  if (const int signal = agreed_wishes(false).signal; signal != 0 && state_.epoch < options_.epochs)
    stop_for(signal);
}

Evaluation Trainer::validate() {
  // With the final weights of the schedules, so that the losses of all epochs are comparable.
  objective_->schedule(std::numeric_limits<double>::infinity());
  EvaluationOptions options;
  options.seed = static_cast<uint64_t>(options_.seed);
  options.device = device_;
  options.corruption = corruption_;
  options.condition = condition_;
  options.world = &world_;
  // A run saved after the last batch of an epoch resumes with this pass.
  const int before = agreed_wishes(false).signal;
  if (before != 0 && stepped_) stop_for(before);
  if (world_.is_alone()) {
    options.progress = [this, before](int64_t, int64_t) {
      if (before == 0 && interrupt_signal() != 0) stop_for(interrupt_signal());
    };
  }
  Evaluation validation = evaluate(*model_, *objective_, validation_, options);
  // Only the validation shows the effect of the epoch's last update. If it was bad, its weights
  // must not replace a checkpoint.
  if (!std::isfinite(validation.loss)) {
    if (options_.on_nan.rolls_back())
      throw NeedsRollback{fmt::format("step {}: val_loss became NaN or infinite", state_.step)};
    world_.lead([&] { note_bad_validation(state_.step, state_.epoch + 1, run_.bad_steps()); });
    throw Error(
        fmt::format("validation: the loss became NaN or infinite after step {}; lower "
                    "train.optimizer.learning_rate (now {}), or set train.clip_norm; {}",
                    state_.step, options_.optimizer.learning_rate, what_is_kept()));
  }
  return validation;
}

void Trainer::set_schedules(int64_t batch) {
  const double epoch = static_cast<double>(state_.epoch) +
                       static_cast<double>(batch) / static_cast<double>(batches());
  objective_->schedule(epoch);
  step_.scale_learning_rates(schedule_.factor(epoch) * state_.rate_factor);
}

NamedLosses Trainer::mean_losses() const {
  const Tensor sums = step_.sums().cpu();
  const Tensor means = sums / sums[-1].clamp_min(1);
  NamedLosses losses{{"loss", means[0].item<double>()}};
  const auto names = objective_->term_names();
  for (size_t i = 0; i < names.size(); ++i) {
    losses.emplace_back(names[i], means[static_cast<int64_t>(i) + 1].item<double>());
  }
  return losses;
}

// Any lower loss is a new best; min_delta concerns only the patience.
bool Trainer::note_validation(double loss) {
  const bool worth_waiting = loss < state_.patience_loss - options_.min_delta;
  state_.waited = worth_waiting ? 0 : state_.waited + 1;
  if (worth_waiting) state_.patience_loss = loss;
  const bool best = loss < state_.best_loss;
  if (best) {
    state_.best_loss = loss;
    state_.best_epoch = state_.epoch;
  }
  return best;
}

}  // namespace latent
