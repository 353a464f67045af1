// How far a run's random samples are from the images of a split, in the space of a network's
// features.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/error.h"
#include "core/random.h"
#include "core/text/suggest.h"
#include "measure/features_option.h"
#include "statistics/coverage.h"
#include "statistics/frechet.h"
#include "statistics/kernel_distance.h"

namespace latent {
namespace {

constexpr int64_t kDecodedAtOnce = 500;
constexpr int64_t kMostTraining = 60'000;  // searched for the nearest one
constexpr int64_t kMedianResamples = 1000;

struct SampleOptions {
  int64_t count = 10'000, neighbours = 5;
  std::string sampler = "prior", features = {};
};

// Some rows of `count`, in random order.
Tensor some_rows(int64_t count, int64_t most, uint64_t seed, uint64_t index) {
  auto noise = generator(seed, Stream::kSplit, index);
  return at::randperm(count, noise, at::kLong).narrow(0, 0, std::min(count, most));
}

Tensor features_of(ImageFeatures& features, const Examples& examples, const Tensor& rows) {
  std::vector<Tensor> parts;
  for (const Tensor& part : rows.split(kDecodedAtOnce))
    parts.push_back(features.of(examples.images(part)));
  return at::cat(parts);
}

// The ratio of the medians, with the interval of resamples of both.
statistics::Measured median_ratio(const Tensor& above, const Tensor& below, at::Generator noise) {
  const auto ratio = [](const Tensor& a, const Tensor& b) {
    return (a.median() / b.median().clamp_min(1e-12)).item<double>();
  };
  const auto resampled = [&](const Tensor& x) {
    return x.index_select(0, at::randint(x.numel(), {x.numel()}, noise, at::kLong));
  };
  Tensor drawn = at::empty({kMedianResamples}, at::kDouble);
  for (int64_t i = 0; i < kMedianResamples; ++i) {
    const Tensor other = resampled(above);
    drawn[i] = ratio(other, resampled(below));
  }
  const Tensor ends = at::quantile(drawn, at::tensor({0.025, 0.975}, at::kDouble));
  return {ratio(above, below), ends[0].item<double>(), ends[1].item<double>()};
}

// The features of equally many images of each kind, [N, D].
struct ComparedFeatures {
  Tensor samples, real;
  Tensor training;      // undefined if the split is the training split
  Tensor all_training;  // more of them, for the nearest one
};

class SampleMeasure : public Measure {
 public:
  SampleMeasure(SampleOptions options, const MeasureContext& context)
      : options_(std::move(options)), context_(context) {
    if (context_.split != Split::kTrain) training_ = context_.load(Split::kTrain);
    z_ = context_.random_latents(options_.sampler, options_.count);
    if (z_.size(0) != options_.count) {
      throw Error("--sampler " + options_.sampler +
                  ": draws a grid, not random latents; expected another sampler");
    }
    features_ = context_.features(options_.features);
    check_count();
  }

  void add(const MeasuredBatch&) override {}

  std::vector<Figure> figures() const override {
    const ComparedFeatures found = compared();
    std::vector<Figure> all;
    add_distances(all, found);
    add_coverage(all, found);
    if (found.all_training.defined()) add_nearest(all, found);
    for (Figure& figure : all) {
      figure.details.push_back({"features", features_->name()});
      figure.count = count_;
    }
    return all;
  }

 private:
  void check_count() {
    const auto enough = [&](int64_t count, const std::string& what) {
      statistics::expect_enough(count, std::max(features_->size(), options_.neighbours), what);
      count_ = std::min(count_, count);
    };
    count_ = options_.count;
    enough(options_.count, "samples (--sample-count)");
    enough(context_.examples.count(), "images of the " + to_string(context_.split) + " split");
    if (training_) enough(training_->count(), "images of the train split");
  }

  Tensor sample_features(const Tensor& reference) const {
    const Tensor told =
        context_.condition.rows(context_.examples.attributes, context_.examples.count());
    std::vector<Tensor> parts;
    for (int64_t first = 0; first < count_; first += kDecodedAtOnce) {
      const int64_t count = std::min(kDecodedAtOnce, count_ - first);
      Tensor condition;
      if (told.defined())
        condition = told.index_select(0, reference.narrow(0, first, count)).to(context_.device);
      const Tensor decoded =
          context_.model.decode(z_.narrow(0, first, count).to(context_.device), condition);
      parts.push_back(features_->of(context_.objective.likelihood().mean(decoded).clamp(0, 1)));
    }
    return at::cat(parts);
  }

  ComparedFeatures compared() const {
    const Tensor reference = some_rows(context_.examples.count(), count_, context_.seed, 1);
    ComparedFeatures found{.samples = sample_features(reference),
                           .real = features_of(*features_, context_.examples, reference),
                           .training = {},
                           .all_training = {}};
    if (training_) {
      const int64_t most = features_->slow() ? count_ : std::max(count_, kMostTraining);
      const Tensor rows = some_rows(training_->count(), most, context_.seed, 2);
      found.all_training = features_of(*features_, *training_, rows);
      found.training = found.all_training.narrow(0, 0, count_);
    }
    return found;
  }

  std::string real_images() const { return to_string(context_.split) + " images"; }

  void add_distances(std::vector<Figure>& all, const ComparedFeatures& found) const {
    const auto distance = [&](const char* name, const Tensor& features, const std::string& what) {
      const auto [value, interval] = statistics::frechet(features, what, found.real, real_images());
      all.push_back({.name = name,
                     .value = value,
                     .meaning = what + " against as many " + real_images() + ", features " +
                                features_->name(),
                     .interval = interval});
    };
    distance("frechet", found.samples, "samples of " + options_.sampler);
    if (found.training.defined()) distance("frechet_floor", found.training, "training images");
    const auto kernel = statistics::kernel_distance(found.samples, found.real,
                                                    generator(context_.seed, Stream::kSample, 1));
    all.push_back({.name = "kid",
                   .value = kernel.value,
                   .meaning = fmt::format("mean of 100 subsets of {}, standard deviation {:.4g}",
                                          kernel.size, kernel.deviation),
                   .interval = kernel.interval,
                   .decimals = 6});
  }

  // Beside each figure the same of training images, which differ from the others by chance only.
  void add_coverage(std::vector<Figure>& all, const ComparedFeatures& found) const {
    using statistics::Coverage;
    const int64_t k = options_.neighbours;
    const Coverage made = statistics::coverage(found.real, found.samples, k);
    std::optional<Coverage> floor;
    if (found.training.defined()) floor = statistics::coverage(found.real, found.training, k);
    const auto beside = [&](double value) {
      return floor ? fmt::format("; training images: {:.4f}", value) : "";
    };
    const auto share = [&](const char* name, const statistics::Measured Coverage::*part,
                           const std::string& what) {
      const statistics::Measured& measured = made.*part;
      all.push_back({.name = name,
                     .value = measured.value,
                     .meaning = what + beside(floor ? (*floor.*part).value : 0),
                     .interval = {{measured.low, measured.high}}});
    };
    const std::string balls = fmt::format(", {} neighbours", k);
    share("precision", &Coverage::precision, "share of the samples near " + real_images() + balls);
    share("recall", &Coverage::recall, "share of the " + real_images() + " near samples" + balls);
    all.push_back({.name = "density",
                   .value = made.density,
                   .meaning = fmt::format("{} around a sample, divided by {}", real_images(), k) +
                              beside(floor ? floor->density : 0),
                   .interval = made.density_interval});
    share("coverage", &Coverage::coverage,
          "share of the " + real_images() + " with a sample nearby" + balls);
  }

  void add_nearest(std::vector<Figure>& all, const ComparedFeatures& found) const {
    const auto ratio =
        median_ratio(statistics::nearest_distances(found.all_training, found.samples),
                     statistics::nearest_distances(found.all_training, found.real),
                     generator(context_.seed, Stream::kSample, 2));
    all.push_back(
        {.name = "nearest_training",
         .value = ratio.value,
         .meaning = fmt::format("median distance to the nearest of {} training images, divided by "
                                "that of {}; far below 1: copies",
                                found.all_training.size(0), real_images()),
         .interval = {{ratio.low, ratio.high}}});
  }

  SampleOptions options_;
  MeasureContext context_;
  std::optional<Examples> training_;
  std::shared_ptr<ImageFeatures> features_;
  Tensor z_;  // [N, Z]
  int64_t count_ = 0;
};

}  // namespace

MeasureMaker configure_samples_measure(Section& section) {
  SampleOptions options;
  section.read("sample_count", options.count, between(2, 100'000),
               "number of samples to compare with as many images");
  section.read("sampler", options.sampler, "sampler of the samples, as of latent sample");
  section.read("neighbours", options.neighbours, between(1, 100),
               "neighbours that the balls of precision, recall, density and coverage reach to");
  options.features = read_features_option(section);
  return [options](const MeasureContext& context) {
    return std::make_unique<SampleMeasure>(options, context);
  };
}

}  // namespace latent
