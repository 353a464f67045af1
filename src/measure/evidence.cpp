// How likely the images are: -log p(x), by importance sampling from the encoder's posterior.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <functional>

#include "core/random.h"
#include "measure/image_quality.h"
#include "measure/importance.h"
#include "measure/needs.h"

namespace latent {
namespace {

constexpr double kFewSamples = 5;  // effective ones; an image with fewer counts as poorly sampled

// Whether all pixels are black or white.
bool is_binary(const Tensor& pixels) {
  return pixels.scalar_type() == at::kByte &&
         pixels.eq(0).logical_or(pixels.eq(255)).all().item<bool>();
}

// -log p(x) of each image, summed over its values.
class ImportanceSampledNll {
 public:
  ImportanceSampledNll(const MeasureContext& context, int64_t samples)
      : model_(context.model),
        likelihood_(context.objective.likelihood()),
        constant_(static_cast<double>(context.model.output_shape().values()) *
                  likelihood_.omitted_constant()),
        binary_(likelihood_.is_binary() && is_binary(context.examples.pixels)),
        samples_(samples),
        seed_(context.seed),
        noun_(context.noun) {}

  void add(const MeasuredBatch& batch) {
    const Latent& latent = batch.output.latent;
    const auto index = static_cast<uint64_t>(batch.first);
    const auto nll = conditional_nll(batch.images);
    const Evidence evidence = importance_sampled(
        *latent.posterior, samples_, generator(seed_, Stream::kImportance, index),
        [&](const Tensor& z) { return -nll(model_.decode(z, latent.condition)); });
    each_.add(constant_ - evidence.log_evidence);
    few_ += evidence.effective_samples.lt(kFewSamples).sum().item<int64_t>();
  }

  Figure figure(const std::string& name, const std::string& meaning) const {
    return {.name = name,
            .value = each_.mean(),
            .unit = "nats per " + noun_,
            .meaning = fmt::format("{}, {} importance samples, {:.1f}% of the {}s have fewer than "
                                   "{:.0f} effective ones",
                                   meaning, samples_, 100 * few_share(), noun_, kFewSamples),
            .count = each_.count(),
            .interval = each_.around(each_.mean()),
            .details = {{"samples", static_cast<double>(samples_)},
                        {"few_effective_samples", few_share()}},
            .each = each_.each()};
  }

 private:
  // Returns -log p(x|z) of the images as a function of the decoder's output, which it may change.
  std::function<Tensor(Tensor decoded)> conditional_nll(const Tensor& images) const {
    if (!binary_) return [&](const Tensor& decoded) { return likelihood_.nll(images, decoded); };
    // log(1 + exp(-l)) for white and log(1 + exp(l)) for black: half the passes over memory.
    return [sign = 1 - 2 * images](Tensor decoded) {
      return at::softplus(decoded.mul_(sign)).flatten(1).sum(1);
    };
  }

  double few_share() const {
    return static_cast<double>(few_) / static_cast<double>(each_.count());
  }

  Autoencoder& model_;
  const Likelihood& likelihood_;
  double constant_;
  bool binary_;
  int64_t samples_;
  uint64_t seed_;
  std::string noun_;  // of one example
  int64_t few_ = 0;
  statistics::RunningMean each_;
};

class MarginalNll : public Measure {
 public:
  MarginalNll(const MeasureContext& context, int64_t samples) : nll_(context, samples) {}
  void add(const MeasuredBatch& batch) override { nll_.add(batch); }
  std::vector<Figure> figures() const override {
    return {nll_.figure("marginal_nll", "-log p(x), constants included")};
  }

 private:
  ImportanceSampledNll nll_;
};

// The same of grey images under a Bernoulli likelihood, which is the density of none.
class MarginalCrossEntropy : public Measure {
 public:
  MarginalCrossEntropy(const MeasureContext& context, int64_t samples) : nll_(context, samples) {}
  void add(const MeasuredBatch& batch) override {
    nll_.add(batch);
    floor_.add(cross_entropy(batch.images, batch.images).flatten(1).sum(1));
  }
  std::vector<Figure> figures() const override {
    Figure figure =
        nll_.figure("marginal_cross_entropy",
                    fmt::format("not a likelihood: the images are grey; no model is below {:.2f}",
                                floor_.mean()));
    figure.details.push_back({"floor", floor_.mean()});
    return {figure};
  }

 private:
  ImportanceSampledNll nll_;
  statistics::RunningMean floor_;
};

template <class Made>
MeasureMaker read_samples(Section& section) {
  int64_t samples = 200;
  section.read("nll_samples", samples, between(1, 1e6),
               "importance samples of each image, for marginal_nll and marginal_cross_entropy");
  return
      [samples](const MeasureContext& context) { return std::make_unique<Made>(context, samples); };
}

// What both need; grey Bernoulli images are handled afterwards.
std::string needs_sampled_evidence(const MeasureContext& context) {
  if (const std::string why_not = needs_posterior(context); !why_not.empty()) return why_not;
  const Prior* prior = context.model.bottleneck().prior();
  if (prior == nullptr || !prior->is_standard_normal()) return "needs the prior N(0, 1)";
  if (context.objective.likelihood().per_image()) return "";
  return "needs a likelihood of each image alone; objective.likelihood.sigma optimal is one of a "
         "batch (expected fixed or learned)";
}

bool is_grey_bernoulli(const MeasureContext& context) {
  return context.objective.likelihood().is_binary() && !is_binary(context.examples.pixels);
}

}  // namespace

std::string no_marginal_nll(const MeasureContext& context) {
  if (const std::string why_not = needs_sampled_evidence(context); !why_not.empty()) return why_not;
  if (!is_grey_bernoulli(context)) return "";
  return "needs black and white pixels for likelihood bernoulli; these are grey "
         "(marginal_cross_entropy is their figure; data.binarize fixed or dynamic makes the set "
         "black and white)";
}

std::string no_marginal_cross_entropy(const MeasureContext& context) {
  if (const std::string why_not = needs_sampled_evidence(context); !why_not.empty()) return why_not;
  return is_grey_bernoulli(context)
             ? ""
             : "is for grey images under likelihood bernoulli; marginal_nll is the run's figure";
}

MeasureMaker configure_marginal_nll_measure(Section& section) {
  return read_samples<MarginalNll>(section);
}

MeasureMaker configure_marginal_cross_entropy_measure(Section& section) {
  return read_samples<MarginalCrossEntropy>(section);
}

}  // namespace latent
