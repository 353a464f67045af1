// The sparsity of a plain autoencoder's code, as a measure.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include "measure/measure.h"
#include "measure/sparsity.h"

namespace latent {
namespace {

class SparsityMeasure : public Measure {
 public:
  explicit SparsityMeasure(const MeasureContext& context)
      : sigmoid_(context.model.bottleneck().unit_interval()), noun_(context.noun) {}
  void add(const MeasuredBatch& batch) override {
    codes_.push_back(batch.output.latent.code.flatten(1).cpu());
  }
  std::vector<Figure> figures() const override {
    const Tensor codes = at::cat(codes_);
    const Sparsity found = sparsity(codes, sigmoid_);
    const int64_t count = codes.size(0);
    statistics::RunningMean activation, active;
    activation.add(codes.abs().mean(1, false, at::kDouble));
    active.add(active_units_of_each(codes));
    const auto share = [&](double units) { return units / static_cast<double>(codes.size(1)); };
    std::vector<Figure> all{
        {.name = "mean_activation",
         .value = found.mean_activation,
         .meaning = "mean |a| of the code",
         .count = count,
         .interval = activation.around(found.mean_activation)},
        {.name = "active_per_" + noun_,
         .value = found.active,
         .unit = "units",
         .meaning = "those above 1% of their largest |a|",
         .count = count,
         .interval = active.around(found.active),
         .decimals = 1},
        {.name = "active_share",
         .value = found.active_share,
         .meaning = fmt::format("the same as a share of {} units", codes.size(1)),
         .count = count},
        {.name = "dead_units",
         .value = static_cast<double>(found.dead_units),
         .meaning = (sigmoid_ ? "below 0.01 for every " : "0 for every ") + noun_,
         .count = count,
         .decimals = 0}};
    if (const auto& units = all[1].interval)
      all[2].interval = {share(units->low), share(units->high)};
    return all;
  }

 private:
  bool sigmoid_;
  std::string noun_;
  std::vector<Tensor> codes_;  // [B, Z] each
};

}  // namespace

MeasureMaker configure_sparsity_measure(Section& section) {
  return configure_plain<SparsityMeasure>(section);
}

}  // namespace latent
