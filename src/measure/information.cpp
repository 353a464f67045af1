// The KL divergence in parts: mutual information, total correlation, and the KL of each latent.
#include "space/information.h"

#include <ATen/ATen.h>

#include "core/random.h"
#include "measure/needs.h"

namespace latent {
namespace {

class InformationMeasure : public Measure {
 public:
  InformationMeasure(const MeasureContext& context, int64_t count)
      : context_(context), count_(count) {}

  void add(const MeasuredBatch&) override {}

  std::vector<Figure> figures() const override {
    const Posterior all = context_.codes(Split::kTrain).posterior.value();
    at::Generator noise = generator(context_.seed, Stream::kInformation);
    const int64_t images = all.mean.size(0);
    const Tensor indices =
        at::randperm(images, noise, at::kLong).narrow(0, 0, std::min(count_, images));
    const space::Information parts = space::decompose(all, indices, noise);
    const std::string basis =
        "training split, q(z) of all " + std::to_string(images) + " posteriors";
    return {
        figure("mutual_information", parts.mutual_information,
               "how much z says about the image; " + basis),
        figure("total_correlation", parts.total_correlation,
               "how much the latents depend on each other"),
        figure("dimension_kl", parts.dimension_kl, "how far each latent is from N(0, 1), summed"),
        figure("kl", parts.kl, "the sum of the three")};
  }

 private:
  Figure figure(const std::string& name, const Tensor& each, const std::string& meaning) const {
    statistics::RunningMean mean;
    mean.add(each);
    return {.name = name,
            .value = mean.mean(),
            .unit = "nats per " + context_.noun,
            .meaning = meaning,
            .count = mean.count(),
            .interval = mean.around(mean.mean())};
  }

  const MeasureContext context_;
  int64_t count_;
};

}  // namespace

MeasureMaker configure_information_measure(Section& section) {
  int64_t count = 10'000;
  section.read("information_count", count, between(2, 1e7),
               "training images whose latents are drawn for information");
  return [count](const MeasureContext& context) {
    return std::make_unique<InformationMeasure>(context, count);
  };
}

}  // namespace latent
