#include "analysis/features/feature_training.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/progress.h"
#include "core/random.h"
#include "core/stopwatch.h"
#include "measure/image_quality.h"
#include "train/evaluation.h"
#include "train/optimizer/optimizer.h"

namespace latent {
namespace {

constexpr int64_t kBatch = 128;
constexpr double kMostImages = 240'000;  // that a network is shown: 4 epochs of MNIST
constexpr double kMostEpochs = 60;       // of a small set
constexpr double kMostProducts = 600e9;  // of the forward passes: about a minute on two cores
constexpr double kPeakRate = 3e-3;
constexpr double kWarmUp = 0.1;       // share of the steps
constexpr int64_t kIgnored = -100;    // a class that is not known
constexpr int64_t kLeastOfClass = 5;  // training images of a class, on the average

bool varies(const Attribute& attribute) {
  const Tensor known = attribute.values.index({attribute.known()});
  return known.numel() > 1 && (known.max() > known.min()).item<bool>();
}

// The labels of examples: [N] int64 classes, [N, K] float32 (NaN: unknown), or undefined.
Tensor labels_of(const Examples& examples, const FeatureTarget& target) {
  if (target.task == FeatureTask::kImages) return {};
  std::vector<Tensor> columns;
  for (const auto& name : target.attributes) {
    const Attribute* found = examples.find(name);
    columns.push_back(found != nullptr ? found->values
                                       : at::full({examples.count()}, std::nan(""), at::kDouble));
  }
  if (target.task == FeatureTask::kYesNo) return at::stack(columns, 1).to(at::kFloat);
  return columns[0].nan_to_num(static_cast<double>(kIgnored)).to(at::kLong);
}

// The mean over what is known of a batch.
Tensor feature_loss(FeatureTask task, const Tensor& output, const Tensor& images,
                    const Tensor& labels) {
  if (task == FeatureTask::kImages) return at::mse_loss(output, images) * 10;
  if (task == FeatureTask::kClasses) {
    const Tensor known = labels.ne(kIgnored).sum().clamp_min(1);
    return at::cross_entropy_loss(output, labels, {}, at::Reduction::Sum, kIgnored) / known;
  }
  const Tensor known = labels.isnan().logical_not();
  const Tensor each = at::binary_cross_entropy_with_logits(output, labels.nan_to_num(0), {}, {},
                                                           at::Reduction::None);
  return (each * known).sum() / known.sum().clamp_min(1);
}

// Rises linearly to the peak, then falls to 0 along a cosine.
double rate_at(int64_t step, int64_t steps) {
  const double done = static_cast<double>(step) / static_cast<double>(steps);
  if (done < kWarmUp) return kPeakRate * (0.05 + 0.95 * done / kWarmUp);
  return kPeakRate * 0.5 * (1 + std::cos(std::numbers::pi * (done - kWarmUp) / (1 - kWarmUp)));
}

int64_t planned_steps(const FeatureNetwork& network, int64_t images, double share) {
  const double shown = std::min({kMostImages, kMostEpochs * static_cast<double>(images),
                                 kMostProducts / static_cast<double>(network.multiply_adds())});
  return std::max<int64_t>(1, std::llround(share * shown / static_cast<double>(kBatch)));
}

// The images of a step, from epochs in random order.
class ShuffledRows {
 public:
  ShuffledRows(int64_t count, uint64_t seed) : count_(count), seed_(seed) {}
  Tensor next() {
    const int64_t size = std::min(kBatch, count_);
    if (!order_.defined() || first_ + size > count_) {
      auto noise = generator(seed_, Stream::kShuffle, epoch_++);
      order_ = at::randperm(count_, noise, at::kLong);
      first_ = 0;
    }
    first_ += size;
    return order_.narrow(0, first_ - size, size);
  }

 private:
  int64_t count_, first_ = 0;
  uint64_t seed_, epoch_ = 0;
  Tensor order_;
};

void fit_network(FeatureNetwork& network, const Examples& training, const Tensor& labels,
                 const FeatureTraining& options) {
  network.train();
  const std::vector<std::pair<std::string, torch::nn::Module*>> modules{{"", &network}};
  FlatParameters parameters(modules);
  const auto optimizer = make_optimizer({.learning_rate = kPeakRate}, parameters);
  ShuffledRows rows(training.count(), options.seed);
  const int64_t steps = planned_steps(network, training.count(), options.share);
  ProgressBar bar(options.quiet);
  const Stopwatch watch;
  for (int64_t step = 0; step < steps; ++step) {
    const Tensor chosen = rows.next();
    const Tensor images = training.images(chosen).to(options.device);
    const Tensor known =
        labels.defined() ? labels.index_select(0, chosen).to(options.device) : Tensor();
    parameters.drop_gradients();
    feature_loss(network.plan().task, network.outputs(network.features(images)), images, known)
        .backward();
    parameters.gather_gradients();
    const torch::NoGradGuard no_grad;
    optimizer->set_learning_rate(rate_at(step, steps));
    optimizer->step();
    if (bar.due((step + 1) * kBatch, steps * kBatch))
      bar.show("training features", (step + 1) * kBatch, steps * kBatch, watch.seconds());
  }
  network.eval();
}

// Hits among the known labels of a batch, or the error of each image.
struct Scored {
  int64_t hits = 0, known = 0;
  statistics::RunningMean error;
};

void score(Scored& scored, FeatureTask task, const Tensor& output, const Tensor& images,
           const Tensor& labels) {
  if (task == FeatureTask::kImages) return scored.error.add(mean_squared_error(images, output));
  const bool classes = task == FeatureTask::kClasses;
  const Tensor known = classes ? labels.ne(kIgnored) : labels.isnan().logical_not();
  const Tensor right = classes ? output.argmax(1).eq(labels) : output.gt(0).eq(labels.gt(0.5));
  scored.hits += right.logical_and(known).sum().item<int64_t>();
  scored.known += known.sum().item<int64_t>();
}

statistics::Measured quality_of(FeatureNetwork& network, const Examples& examples,
                                const Tensor& labels, const c10::Device& device) {
  const torch::NoGradGuard no_grad;
  Scored scored;
  for (int64_t first = 0; first < examples.count(); first += kEvaluationBatch) {
    const int64_t count = std::min(kEvaluationBatch, examples.count() - first);
    const Tensor images = examples.images(first, count).to(device);
    score(scored, network.plan().task, network.outputs(network.features(images)), images,
          labels.defined() ? labels.narrow(0, first, count).to(device) : Tensor());
  }
  if (network.plan().task != FeatureTask::kImages)
    return statistics::share(scored.hits, std::max<int64_t>(1, scored.known));
  const double mean = scored.error.mean();
  const auto ends = scored.error.around(mean).value_or(statistics::Interval{mean, mean});
  return {mean, ends.low, ends.high};
}

}  // namespace

FeatureTarget feature_target(const Examples& training) {
  FeatureTarget yes_no{.task = FeatureTask::kYesNo, .attributes = {}};
  for (const auto& attribute : training.attributes) {
    if (!varies(attribute)) continue;
    const auto classes = static_cast<int64_t>(attribute.classes.size());
    if (classes > 0 && classes * kLeastOfClass <= training.count()) {
      return {FeatureTask::kClasses, {attribute.name}, classes};
    }
    if (attribute.kind() == AttributeKind::kYesNo) yes_no.attributes.push_back(attribute.name);
  }
  yes_no.outputs = static_cast<int64_t>(yes_no.attributes.size());
  return yes_no.outputs > 0 ? yes_no : FeatureTarget{};
}

TrainedFeatures train_features(const Examples& training, const Examples& scored,
                               const FeatureTraining& options) {
  const Stopwatch watch;
  TrainedFeatures made{.network = {}, .target = feature_target(training), .quality = {}};
  const FeatureTarget& target = made.target;
  made.network =
      std::make_shared<FeatureNetwork>(FeaturePlan{target.task, training.shape(), target.outputs});
  auto noise = generator(options.seed, Stream::kWeights);
  made.network->initialize(noise);
  made.network->to(options.device);
  fit_network(*made.network, training, labels_of(training, target), options);
  made.quality = quality_of(*made.network, scored, labels_of(scored, target), options.device);
  made.network->to(c10::kCPU);
  made.seconds = watch.seconds();
  return made;
}

}  // namespace latent
