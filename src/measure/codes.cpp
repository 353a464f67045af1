// How evenly the codes of a codebook are used.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include "measure/code_use.h"
#include "measure/measure.h"

namespace latent {
namespace {

class CodesMeasure : public Measure {
 public:
  explicit CodesMeasure(const MeasureContext& context)
      : codes_(*context.model.bottleneck().codebook()),
        noun_(context.noun),
        counts_(codes_.size()) {}

  void add(const MeasuredBatch& batch) override {
    const Tensor indices = codes_.indices(batch.output.latent.code.flatten(1));
    counts_.add(indices);
    images_ += indices.size(0);
  }

  std::vector<Figure> figures() const override {
    const CodeUse use = counts_.use();
    return {{.name = "used",
             .value = static_cast<double>(use.used),
             .meaning = fmt::format("of {} codes", use.codes),
             .count = images_,
             .decimals = 0},
            {.name = "perplexity",
             .value = use.perplexity,
             .meaning = fmt::format(
                 "as many equally frequent codes would surprise as much; at most {}", use.codes),
             .count = images_,
             .decimals = 1},
            {.name = "bits",
             .value = static_cast<double>(codes_.places()) * use.nats / std::numbers::ln2,
             .unit = "bits per " + noun_,
             .meaning = fmt::format("of {} codes by their frequencies alone", codes_.places()),
             .count = images_,
             .decimals = 1}};
  }

 private:
  const Codebook& codes_;
  std::string noun_;
  CodeCounts counts_;
  int64_t images_ = 0;
};

}  // namespace

std::string no_codes(const MeasureContext& context) {
  return context.model.bottleneck().codebook() != nullptr
             ? ""
             : "needs a codebook: model.bottleneck vq or fsq";
}

MeasureMaker configure_codes_measure(Section& section) {
  return configure_plain<CodesMeasure>(section);
}

}  // namespace latent
