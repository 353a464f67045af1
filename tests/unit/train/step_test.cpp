// One training step: a bad one is skipped and reported.
#include "train/step.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "unit/expect.h"
#include "unit/experiments.h"
#include "unit/own_parts.h"

namespace latent {
namespace {

const std::string kStepConfig = R"({
  "data": {"name": "shapes", "count": 32, "size": [8, 8]},
  "model": {"encoder": {"channels": [4, 4], "normalization": "batch", "dropout": 0.1}, "latent_dim": 3},
  "objective": {"likelihood": {"name": "gaussian", "sigma": "learned"}},
  "train": {"batch_size": 8, "optimizer": {"name": "adamw", "learning_rate": 0.01}, "clip_norm": 5}})";

// A model at the start of its training.
struct OneTraining {
  explicit OneTraining(const std::vector<std::string>& settings = {}) {
    Config config = Config::parse(kStepConfig, "test.json", settings);
    const Experiment plan = read_experiment(config);
    const Examples examples = plan.data.open()->load(Split::kTrain);
    const Fitted fitted = fit_to_examples(plan, examples);
    batches = std::make_unique<Batches>(training_batches(plan, fitted, examples, c10::kCPU));
    std::tie(model, objective) = fresh_model(plan, fitted, c10::kCPU);
    model->train();
    step = std::make_unique<TrainingStep>(plan.train, model, objective, c10::kCPU);
  }
  // key: of the noise.
  Batch batch(int64_t key) {
    noise.move_to(key);
    return batches->fetch(at::arange(8 * key, 8 * key + 8), noise);
  }
  void run(const Batch& batch, int64_t key) {
    noise.move_to(key);
    step->run(batch, noise);
  }

  // Returns copies of everything that training changes.
  std::map<std::string, Tensor> everything() const {
    std::map<std::string, Tensor> all{{"sums", step->sums().clone()}};
    for (const auto& item : model->named_parameters())
      all[item.key()] = item.value().detach().clone();
    for (const auto& item : model->named_buffers())
      all[item.key()] = item.value().clone();
    for (const auto& [name, tensor] : step->optimizer().state())
      all["optimizer." + name] = tensor.clone();
    return all;
  }

  StepNoise noise{0, c10::kCPU};
  std::unique_ptr<Batches> batches;
  std::shared_ptr<Autoencoder> model;
  std::shared_ptr<Objective> objective;
  std::unique_ptr<TrainingStep> step;
};

void expect_same_state(const std::map<std::string, Tensor>& a,
                       const std::map<std::string, Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, tensor] : a)
    EXPECT_TRUE(at::equal(tensor, b.at(name))) << name;
}

TEST(TrainingStep, ABadStepChangesNothing) {
  for (const std::string optimizer : {"adam", "adamw", "sgd"}) {
    SCOPED_TRACE(optimizer);
    OneTraining t({"train.optimizer.name=" + optimizer}),
        clean({"train.optimizer.name=" + optimizer});
    t.run(t.batch(0), 0);
    const auto before = t.everything();
    const Batch good = t.batch(1);
    for (const float value : {NAN, std::numeric_limits<float>::infinity()}) {
      Batch bad{.input = good.input.clone(), .target = good.target};
      bad.input[3][0][2][2] = value;
      t.run(bad, 1);
    }
    expect_same_state(t.everything(), before);
    EXPECT_EQ(t.step->skipped(), 2);
    // What comes after is as if it had not been there.
    t.run(t.batch(2), 2);
    clean.run(clean.batch(0), 0);
    clean.run(clean.batch(2), 2);
    expect_same_state(t.everything(), clean.everything());
    EXPECT_EQ(clean.step->skipped(), 0);
  }
}

TEST(TrainingStep, TheFirstBadStepIsNamed) {
  OneTraining t;
  t.run(t.batch(0), 0);
  t.step->check_finite();
  const Batch good = t.batch(1);
  Batch bad{.input = good.input, .target = good.target.clone()};
  bad.target[0][0][0][0] = NAN;
  t.run(bad, 1);
  t.run(bad, 2);
  t.run(good, 3);
  expect_error(
      [&] { t.step->check_finite(); },
      "training: nll became NaN or infinite at step 2; lower train.optimizer.learning_rate "
      "(now 0.01), or set train.clip_norm");
}

// The losses are finite but the gradient is not: without the check the weights would be lost one
// step before it is reported.
TEST(TrainingStep, ABadGradientIsSkippedToo) {
  OneTraining t({"objective.likelihood.weight=1e25"});
  const auto before = t.everything();
  t.run(t.batch(0), 0);
  expect_same_state(t.everything(), before);
  EXPECT_EQ(t.step->skipped(), 1);
  expect_error([&] { t.step->check_finite(); },
               "training: the gradient became NaN or infinite at step 1; lower "
               "train.optimizer.learning_rate (now 0.01), or set train.clip_norm");
}

TEST(TrainingStep, TheConditionReachesTheModel) {
  OneTraining told({"model.condition=shape"}), untold({"model.condition=shape"});
  const Batch batch = told.batch(0);
  ASSERT_GT(batch.condition.abs().sum().item<double>(), 0);
  told.run(batch, 0);
  untold.run(
      {.input = batch.input, .target = batch.target, .condition = at::zeros_like(batch.condition)},
      0);
  EXPECT_NE(told.step->sums()[0].item<double>(), untold.step->sums()[0].item<double>());
}

// An adversary of one weight, whose loss is a line of it. The penalty's term depends on the weight
// too.
class Slope : public torch::nn::Module, public Adversary {
 public:
  explicit Slope(double slope) : slope_(slope) {
    weight_ = register_parameter("weight", at::ones({1}));
  }
  torch::nn::Module& module() override { return *this; }
  const AdversaryOptions& options() const override { return options_; }
  Tensor loss(const PenaltyInput&) override { return slope_ * weight_.sum(); }
  const Tensor& weight() const { return weight_; }

 private:
  double slope_;
  AdversaryOptions options_{.learning_rate = 0.25};
  Tensor weight_;
};

class SlopePenalty : public Penalty {
 public:
  explicit SlopePenalty(double slope) : slope_(std::make_shared<Slope>(slope)) {}
  PenaltyValue operator()(const PenaltyInput& input) const override {
    const Tensor term = (slope_->weight() * at::square(input.output.latent.z)).mean();
    return {.terms = {term}, .added = term};
  }
  Adversary* adversary() override { return slope_.get(); }

 private:
  std::shared_ptr<Slope> slope_;
};

PenaltyRow slope_row(double slope) {
  return {.name = "slope",
          .summary = "an adversary with one weight",
          .configure = [slope](Section&) -> PenaltyPlan {
            return {.terms = {"slope"}, .make = [slope](const PenaltyContext&) {
                      return std::make_shared<SlopePenalty>(slope);
                    }};
          }};
}

TEST(TrainingStep, AnAdversaryDescendsItsOwnLossAtItsOwnRate) {
  const OwnRow<PenaltyRow> row(penalties(), slope_row(3));
  OneTraining t({"objective.slope={}", "train.clip_norm=0"});
  t.step->scale_learning_rates(0.5);
  t.run(t.batch(0), 0);
  const Player& player = t.step->players()[1];
  EXPECT_EQ(player.parameters.gradients().sum().item<double>(), 3);  // without the model's loss
  // Adam's first step is its rate: half of 0.25.
  const Tensor weight = player.adversary->module().named_parameters()["weight"];
  EXPECT_NEAR(weight.item<double>(), 1 - 0.125, 1e-6);
}

TEST(TrainingStep, AnAdversaryWithABadLossStopsTheModelToo) {
  const OwnRow<PenaltyRow> row(penalties(), slope_row(NAN));
  OneTraining t({"objective.slope={}"});
  const auto before = t.everything();
  t.run(t.batch(0), 0);
  expect_same_state(t.everything(), before);
  EXPECT_EQ(t.step->skipped(), 1);
  expect_error([&] { t.step->check_finite(); },
               "training: the loss of slope's adversary became NaN or infinite at step 1; lower "
               "train.optimizer.learning_rate (now 0.01), or set train.clip_norm");
}

}  // namespace
}  // namespace latent
