// A model, its objective and a split, with the context that measures of them are made from.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "measure/choice.h"
#include "train/evaluation.h"
#include "unit/experiments.h"

namespace latent {

/// A split of small drawn shapes, and a model of them that has not been trained. data: more keys of
/// section `data`, behind a comma.
class MeasureFixture {
 public:
  explicit MeasureFixture(const std::string& bottleneck = "gaussian",
                          const std::string& likelihood = R"({"name": "bernoulli"})",
                          int64_t count = 601, const std::string& data = "")
      : config_(Config::parse(R"({"data": {"name": "shapes", "size": [8, 8], "count": )" +
                                  std::to_string(count) + data +
                                  R"(}, "model": {"encoder": {"name": "dense", "hidden": [16]},
                                  "bottleneck": ")" +
                                  bottleneck + R"(", "latent_dim": 3},
                                  "objective": {"likelihood": )" +
                                  likelihood + "}}",
                              "test.json")) {
    const Experiment plan = read_experiment(config_);
    examples = plan.data.open()->load(Split::kTrain);
    model = plan.model.make(examples.shape(), examples.shape(), 1);
    objective = plan.objective.make(*model, 0, 0);
  }
  MeasureContext context() const {
    return {.model = *model,
            .objective = *objective,
            .corruption = none_,
            .condition = nothing_,
            .config = config_.resolved(),
            .examples = examples,
            .noun = "image",
            .load = [this](Split) { return examples; },
            .codes =
                [this](Split) {
                  const torch::NoGradGuard no_grad;
                  return model->encode(examples.images(0, examples.count()));
                }};
  }
  /// The figures of measures by their names, after an evaluation.
  std::vector<MeasuredFigures> measured(const std::string& names) const {
    const MadeMeasures made(choose_measures(names), context());
    evaluate(*model, *objective, examples, {.seed = 4, .measures = made.each()});
    return made.figures();
  }
  Figure figure(const std::string& name) const { return measured(name).front().figures.front(); }

  Examples examples;
  std::shared_ptr<Autoencoder> model;
  std::shared_ptr<Objective> objective;

 private:
  Config config_;
  CorruptionChain none_;
  Condition nothing_;
};

}  // namespace latent
