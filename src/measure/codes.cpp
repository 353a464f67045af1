// How evenly the codes of a codebook are used.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>

#include "measure/measure.h"

namespace latent {
namespace {

class CodeUse : public Measure {
 public:
  explicit CodeUse(const MeasureContext& context)
      : codes_(*context.model.bottleneck().codebook()),
        noun_(context.noun),
        uses_(at::zeros({codes_.size()}, at::kLong)) {}

  void add(const MeasuredBatch& batch) override {
    const Tensor indices = codes_.indices(batch.output.latent.code.flatten(1)).cpu();
    uses_ += at::bincount(indices.flatten(), {}, codes_.size());
    images_ += indices.size(0);
  }

  // Over the whole split: a batch cannot show more codes than it has places.
  std::vector<Figure> figures() const override {
    const Tensor share = uses_.to(at::kDouble) / uses_.sum().item<double>();
    const double nats = -at::xlogy(share, share).sum().item<double>();
    const auto used = static_cast<double>(uses_.gt(0).sum().item<int64_t>());
    return {{.name = "used",
             .value = used,
             .meaning = fmt::format("of {} codes", codes_.size()),
             .count = images_,
             .decimals = 0},
            {.name = "perplexity",
             .value = std::exp(nats),
             .meaning = fmt::format("as many equally frequent codes would surprise as much; at "
                                    "most {}",
                                    codes_.size()),
             .count = images_,
             .decimals = 1},
            {.name = "bits",
             .value = static_cast<double>(codes_.places()) * nats / std::log(2.0),
             .unit = "bits per " + noun_,
             .meaning = fmt::format("of {} codes by their frequencies alone", codes_.places()),
             .count = images_,
             .decimals = 1}};
  }

 private:
  const Codebook& codes_;
  std::string noun_;
  Tensor uses_;  // [K]
  int64_t images_ = 0;
};

}  // namespace

std::string no_codes(const MeasureContext& context) {
  return context.model.bottleneck().codebook() != nullptr
             ? ""
             : "needs a codebook: model.bottleneck vq or fsq";
}

MeasureMaker configure_codes_measure(Section& section) { return configure_plain<CodeUse>(section); }

}  // namespace latent
