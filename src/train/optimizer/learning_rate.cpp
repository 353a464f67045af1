#include "train/optimizer/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace latent {

void LearningRateOptions::read(Section& train) {
  Component chosen = train.component("schedule", name, {"constant", "cosine", "step", "plateau"},
                                     "how the learning rate changes");
  name = chosen.name;
  chosen.section.read("warmup_epochs", warmup_epochs, at_least(0.0),
                      "epochs of linear growth from 0");
  if (name == "cosine") {
    chosen.section.read("final_fraction", final_fraction, between(0, 1),
                        "share of the learning rate left at the end");
  }
  if (name == "step")
    chosen.section.read("every", every, at_least(1), "epochs between two reductions");
  if (name == "step" || name == "plateau") {
    chosen.section.read("factor", factor, Range{.low = 0, .high = 1, .low_excluded = true},
                        "factor of each reduction");
  }
  if (name == "plateau") {
    chosen.section.read("patience", patience, at_least(1),
                        "epochs without improvement before a reduction");
    chosen.section.read("min_delta", min_delta, at_least(0.0),
                        "nats per image that count as an improvement");
  }
}

double LearningRateSchedule::factor(double epoch) const {
  const double warm =
      options_.warmup_epochs > 0 ? std::min(1.0, epoch / options_.warmup_epochs) : 1.0;
  if (options_.name == "cosine") {
    const double done = std::clamp(epoch / static_cast<double>(epochs_), 0.0, 1.0);
    const double wave = 0.5 * (1.0 + std::cos(std::numbers::pi * done));
    return warm * (options_.final_fraction + (1.0 - options_.final_fraction) * wave);
  }
  if (options_.name == "step") {
    return warm * std::pow(options_.factor,
                           std::floor(epoch / static_cast<double>(options_.every) + 1e-9));
  }
  if (options_.name == "plateau")
    return warm * std::pow(options_.factor, static_cast<double>(reductions));
  return warm;
}

bool LearningRateSchedule::observe(double validation_loss) {
  if (options_.name != "plateau") return false;
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
