#include "train/optimizer/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace latent {
namespace {

void read_nothing(Section&, LearningRateOptions&) {}

void read_cosine(Section& schedule, LearningRateOptions& options) {
  schedule.read("hold", options.hold, Range{.low = 0, .high = 1, .high_excluded = true},
                "share of the training before the wave begins");
  schedule.read("final_fraction", options.final_fraction, between(0, 1),
                "share of the learning rate left at the end");
}

void read_factor(Section& schedule, LearningRateOptions& options) {
  schedule.read("factor", options.factor, Range{.low = 0, .high = 1, .low_excluded = true},
                "factor of each reduction");
}

void read_step(Section& schedule, LearningRateOptions& options) {
  schedule.read("every", options.every, at_least(1), "epochs between two reductions");
  read_factor(schedule, options);
}

void read_plateau(Section& schedule, LearningRateOptions& options) {
  read_factor(schedule, options);
  schedule.read("patience", options.patience, at_least(1),
                "epochs without improvement before a reduction");
  schedule.read("min_delta", options.min_delta, at_least(0.0),
                "nats per image that count as an improvement");
}

double constant_factor(const LearningRateOptions&, const ScheduleState&) { return 1; }

double cosine_factor(const LearningRateOptions& options, const ScheduleState& state) {
  const double share = state.epoch / static_cast<double>(state.epochs);
  const double done = std::clamp((share - options.hold) / (1.0 - options.hold), 0.0, 1.0);
  const double wave = 0.5 * (1.0 + std::cos(std::numbers::pi * done));
  return options.final_fraction + (1.0 - options.final_fraction) * wave;
}

double step_factor(const LearningRateOptions& options, const ScheduleState& state) {
  // Fractions of epochs may add up to slightly less than a whole number.
  const double reductions = std::floor(state.epoch / static_cast<double>(options.every) + 1e-9);
  return std::pow(options.factor, reductions);
}

double plateau_factor(const LearningRateOptions& options, const ScheduleState& state) {
  return std::pow(options.factor, static_cast<double>(state.reductions));
}

}  // namespace

const Registry<ScheduleRow>& schedules() {
  static Registry<ScheduleRow> registry(
      "schedule",
      {
          {"constant", "the same learning rate throughout", false, false, read_nothing,
           constant_factor},
          {"cosine", "half a cosine wave down to the last epoch", true, false, read_cosine,
           cosine_factor},
          {"step", "multiplied by a factor every few epochs", false, false, read_step, step_factor},
          {"plateau", "multiplied by a factor when val_loss stops improving", false, true,
           read_plateau, plateau_factor},
      });
  return registry;
}

void LearningRateOptions::read(Section& train) {
  Component chosen =
      train.component("schedule", name, schedules().names(), "how the learning rate changes");
  name = chosen.name;
  chosen.section.read("warmup_epochs", warmup_epochs, at_least(0.0),
                      "epochs of linear growth from 0");
  schedules().find(name, "train.schedule").read(chosen.section, *this);
}

LearningRateSchedule::LearningRateSchedule(LearningRateOptions options, int64_t epochs)
    : options_(std::move(options)),
      row_(&schedules().find(options_.name, "train.schedule")),
      epochs_(epochs) {}

double LearningRateSchedule::factor(double epoch) const {
  const double warm =
      options_.warmup_epochs > 0 ? std::min(1.0, epoch / options_.warmup_epochs) : 1.0;
  return warm *
         row_->factor(options_, {.epoch = epoch, .epochs = epochs_, .reductions = reductions});
}

bool LearningRateSchedule::observe(double validation_loss) {
  if (!row_->watches_validation) return false;
  if (validation_loss < best - options_.min_delta) {
    best = validation_loss;
    waited = 0;
    return false;
  }
  if (++waited < options_.patience) return false;
  waited = 0;
  ++reductions;
  return true;
}

}  // namespace latent
