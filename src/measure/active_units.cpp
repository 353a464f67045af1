// The number of latents that depend on the image.
#include <spdlog/fmt/fmt.h>

#include "measure/latents.h"
#include "measure/measure.h"

namespace latent {
namespace {

class ActiveUnits : public Measure {
 public:
  explicit ActiveUnits(const MeasureContext& context) : latents_(context.model.latent_dim()) {}
  void add(const MeasuredBatch& batch) override { spread_.add(batch.output.latent); }
  std::vector<Figure> figures() const override {
    return {{.name = "active_units",
             .value = static_cast<double>(spread_.active_units()),
             .meaning = fmt::format("of {} latents: variance of the mean above {}", latents_,
                                    kActiveVariance),
             .count = spread_.count(),
             .decimals = 0}};
  }

 private:
  int64_t latents_;
  CodeSpread spread_;
};

}  // namespace

MeasureMaker configure_active_units_measure(Section& section) {
  return configure_plain<ActiveUnits>(section);
}

}  // namespace latent
