// A measure that exists only in the tests: several figures, one with an interval and a unit, and an
// option.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <vector>

#include "measure/measure.h"

namespace latent {

/// The brightness of the images times `own_scale`, and the number of batches.
class Brightness : public Measure {
 public:
  explicit Brightness(double scale) : scale_(scale) {}
  void add(const MeasuredBatch& batch) override {
    mean_.add(batch.images.flatten(1).mean(1) * scale_);
    ++batches_;
  }
  std::vector<Figure> figures() const override {
    return {{.name = "light",
             .value = mean_.mean(),
             .unit = "lux",
             .meaning = "mean of the images",
             .count = mean_.count(),
             .interval = mean_.around(mean_.mean())},
            {.name = "batches",
             .value = static_cast<double>(batches_),
             .meaning = "of the pass",
             .count = 7,
             .decimals = 0}};
  }

 private:
  double scale_;
  int64_t batches_ = 0;
  statistics::RunningMean mean_;
};

inline MeasureRow brightness() {
  return {.name = "brightness",
          .summary = "how bright the images are",
          .unavailable = [](const MeasureContext& context) -> std::string {
            return context.noun == "image" ? "" : "needs images; the run has rows";
          },
          .configure = [](Section& section) -> MeasureMaker {
            double scale = 1;
            section.read("own_scale", scale, at_least(0.5), "factor of the brightness");
            return [scale](const MeasureContext&) { return std::make_unique<Brightness>(scale); };
          }};
}

}  // namespace latent
