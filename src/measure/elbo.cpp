// The evidence lower bound, in nats per image and in bits per value.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <numbers>

#include "measure/latents.h"
#include "measure/measure.h"

namespace latent {
namespace {

// Sums -elbo over the images, from sampled latents.
class NegativeElbo {
 public:
  explicit NegativeElbo(const MeasureContext& context)
      : likelihood_(context.objective.likelihood()),
        constant_(static_cast<double>(context.model.output_shape().values()) *
                  likelihood_.omitted_constant()) {}

  void add(const MeasuredBatch& batch) {
    const Tensor kl = posterior_kl(batch.output.latent);  // [B, Z]
    const auto images = static_cast<double>(batch.images.size(0));
    nll_ += images * batch.loss.terms.front().value.item<double>();
    kl_ = kl_.defined() ? kl_ + kl.sum(0) : kl.sum(0);
    const Tensor nll = likelihood_.nll(batch.images, batch.output.decoded).to(at::kDouble).cpu();
    each_.add(nll + kl.sum(1));
  }

  int64_t count() const { return each_.count(); }
  double value() const {
    const auto n = static_cast<double>(count());
    return nll_ / n + constant_ + (kl_ / n).sum().item<double>();
  }
  // There is none if an image's likelihood depends on the rest of the batch.
  std::optional<statistics::Interval> interval() const {
    if (!likelihood_.per_image()) return std::nullopt;
    return each_.around(value());
  }
  // [N] of the images; undefined where there is no interval.
  Tensor each() const { return likelihood_.per_image() ? each_.each() + constant_ : Tensor(); }

 private:
  const Likelihood& likelihood_;
  double constant_, nll_ = 0;
  Tensor kl_;  // [Z] float64
  statistics::RunningMean each_;
};

class Elbo : public Measure {
 public:
  explicit Elbo(const MeasureContext& context) : sum_(context), noun_(context.noun) {}
  void add(const MeasuredBatch& batch) override { sum_.add(batch); }
  std::vector<Figure> figures() const override {
    Figure figure{.name = "elbo",
                  .value = -sum_.value(),
                  .unit = "nats per " + noun_,
                  .meaning = "constants included",
                  .count = sum_.count()};
    if (const auto found = sum_.interval()) figure.interval = {-found->high, -found->low};
    if (const Tensor each = sum_.each(); each.defined()) figure.each = -each;
    return {figure};
  }

 private:
  NegativeElbo sum_;
  std::string noun_;
};

class BitsPerDim : public Measure {
 public:
  explicit BitsPerDim(const MeasureContext& context)
      : sum_(context),
        values_(static_cast<double>(context.model.output_shape().values())),
        density_(!context.objective.likelihood().is_binary()) {}
  void add(const MeasuredBatch& batch) override { sum_.add(batch); }
  std::vector<Figure> figures() const override {
    const double nats = values_ * std::numbers::ln2;
    Figure figure{.name = "bits_per_dim",
                  .value = sum_.value() / nats,
                  .unit = "bits",
                  .meaning = "-elbo per value",
                  .count = sum_.count()};
    if (density_)  // a byte is 1/256 of the unit that the density is of
      figure.meaning +=
          fmt::format(", a density of values from 0 to 1; of bytes {:.4f}", figure.value + 8);
    if (const auto found = sum_.interval())
      figure.interval = {found->low / nats, found->high / nats};
    if (const Tensor each = sum_.each(); each.defined()) figure.each = each / nats;
    return {figure};
  }

 private:
  NegativeElbo sum_;
  double values_;
  bool density_;
};

}  // namespace

MeasureMaker configure_elbo_measure(Section& section) { return configure_plain<Elbo>(section); }

MeasureMaker configure_bits_per_dim_measure(Section& section) {
  return configure_plain<BitsPerDim>(section);
}

}  // namespace latent
