#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/probe_features.h"
#include "command/flags/attribute.h"
#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "statistics/confidence.h"
#include "statistics/linear_models.h"
#include "statistics/neighbours.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;
using space::Measured;

/// What is to be told from the features.
struct Question {
  std::string label;
  std::vector<std::string> classes;  // empty: a number
  Chosen training, scoring;
  Tensor answers, truth;  // of the training and the scored images: [N], [M] float64

  bool numeric() const { return classes.empty(); }
  int64_t count() const { return static_cast<int64_t>(classes.size()); }
};

// The rows whose value is known: at most `most` of them, drawn at random.
Chosen choose(const Examples& examples, const Attribute& attribute, int64_t most, uint64_t seed) {
  Tensor rows = attribute.values.isnan().logical_not().nonzero().flatten();
  if (rows.numel() > most) {
    auto noise = generator(seed, Stream::kSplit);
    const Tensor drawn = at::randperm(rows.numel(), noise, at::kLong).narrow(0, 0, most);
    rows = std::get<0>(rows.index_select(0, drawn).sort());
  }
  return {&examples, rows};
}

Question ask(const Arguments& arguments, const Examples& train, const Examples& scored,
             const std::string& split, const OpenedRun& run) {
  const std::string word = run.experiment.data.example_word(), keep = run.experiment.data.keep;
  const Attribute* attribute = choose_attribute(arguments, "label", train);
  if (attribute == nullptr) {
    throw Error(
        "latent probe: the data set has no labels and no attributes; expected one that has");
  }
  const Attribute* there = scored.find(attribute->name);
  TORCH_CHECK(there != nullptr, "no attribute ", attribute->name, " in the split ", split);
  Question question{
      .label = attribute->name,
      .classes = class_words(*attribute),
      .training = choose(train, *attribute, arguments.integer("train-count", 10), arguments.seed()),
      .scoring = choose(scored, *there, scored.count(), 0),
      .answers = {},
      .truth = {}};
  question.answers = attribute->values.index_select(0, question.training.rows);
  question.truth = there->values.index_select(0, question.scoring.rows);
  if (question.answers.numel() < 2 || question.truth.numel() < 1) {
    throw Error(fmt::format("--label {}: known of {} training and {} {} {}s; expected more",
                            question.label, question.answers.numel(), question.truth.numel(), split,
                            word));
  }
  if (!(question.answers.max() > question.answers.min()).item<bool>()) {
    throw Error(
        fmt::format("--label {}: the same for all {} training {}s{}; expected one that "
                    "differs",
                    question.label, question.answers.numel(), word,
                    keep.empty() ? "" : ", which data.keep \"" + keep + "\" chose"));
  }
  if (question.numeric() && !(question.truth.max() > question.truth.min()).item<bool>()) {
    throw Error(
        fmt::format("--label {}: the same for all {} {} {}s, so nothing can be explained; expected "
                    "another --split, or more {}s in it",
                    question.label, question.truth.numel(), split, word, word));
  }
  return question;
}

Measured accuracy(const Question& question, const Tensor& predicted) {
  return space::share(predicted.eq(question.truth.to(at::kLong)).sum().item<int64_t>(),
                      predicted.numel());
}

Measured explained(const Question& question, const Tensor& predicted, uint64_t seed) {
  return space::r_squared(question.truth, predicted, generator(seed, Stream::kSample, 1));
}

Measured linear(const Question& question, const Features& features, uint64_t seed) {
  const space::Standardizer standard(features.training);
  const Tensor x = standard.apply(features.training), asked = standard.apply(features.scoring);
  if (question.numeric())
    return explained(question, space::fit_ridge(x, question.answers).predict(asked), seed);
  const auto model = space::fit_softmax(x, question.answers.to(at::kLong), question.count());
  return accuracy(question, model.predict(asked));
}

Measured nearest(const Question& question, const Features& features, int64_t k, uint64_t seed) {
  const Tensor found = space::nearest_neighbours(features.training, features.scoring, k);  // [M, k]
  const Tensor answers = question.answers.index({found});
  if (question.numeric()) return explained(question, answers.mean(1), seed);
  return accuracy(question, space::majority(answers.to(at::kLong), question.count()));
}

// What needs no features: the most frequent class; the mean, whose R^2 is about 0.
Measured baseline(const Question& question, uint64_t seed) {
  if (question.numeric()) {
    const Tensor mean = question.answers.mean().expand_as(question.truth);
    return explained(question, mean, seed);
  }
  const Tensor most = at::bincount(question.answers.to(at::kLong)).argmax();
  return accuracy(question, most.expand_as(question.truth));
}

Json as_json(const Measured& measured) {
  return {{"value", measured.value}, {"low", measured.low}, {"high", measured.high}};
}

std::string cell(const Json& measured) {
  if (!std::isfinite(measured["low"].get<double>())) {
    return fmt::format("{:.3f} (no interval)", measured["value"].get<double>());
  }
  return fmt::format("{:.3f} ({:.3f} to {:.3f})", measured["value"].get<double>(),
                     measured["low"].get<double>(), measured["high"].get<double>());
}

std::string probe_table(const Json& json, const std::string& word) {
  const bool numeric = json["measure"] == "r_squared";
  std::string text = fmt::format(
      "{}{}\nlearnt from {} training {}s, scored on {} of the {} split\n",
      json["label"].get<std::string>(),
      numeric ? ", a number" : fmt::format(", {} classes", json["classes"].get<int64_t>()),
      json["training_images"].get<int64_t>(), word, json["images"].get<int64_t>(),
      json["split"].get<std::string>());
  text += fmt::format("  {:<22}{:<26}{}\n", numeric ? "R^2 (95% interval)" : "accuracy (95%)",
                      numeric ? "ridge regression" : "logistic regression",
                      fmt::format("{} nearest neighbours", json["neighbours"].get<int64_t>()));
  for (const auto& row : json["features"]) {
    text += fmt::format("  {:<22}{:<26}{}\n", row["title"].get<std::string>(), cell(row["linear"]),
                        cell(row["nearest"]));
  }
  return text + fmt::format("  {:<22}{}\n", numeric ? "the mean" : "most frequent class",
                            cell(json["baseline"]));
}

}  // namespace

void declare_probe(cxxopts::Options& options) {
  declare_run(options);
  options.add_options()("label", "what to tell from the latents (default: the first attribute)",
                        cxxopts::value<std::string>(),
                        "NAME")("split", "score on the images of: validation or test",
                                cxxopts::value<std::string>()->default_value("test"), "NAME")(
      "train-count", "learn from at most so many training images, drawn at random",
      cxxopts::value<int64_t>()->default_value("10000"),
      "N")("neighbours", "of the nearest-neighbour classifier",
           cxxopts::value<int64_t>()->default_value("5"), "K");
}

void run_probe(const Arguments& arguments) {
  const Split split = parse_split(arguments.text("split"));
  if (split == Split::kTrain) {
    throw UsageError(
        "--split train: the probes learn from these images; expected validation or test");
  }
  const int64_t neighbours = arguments.integer("neighbours", 1, 1000);
  const OpenedRun run = OpenedRun::open(arguments);
  const Examples train = run.load(Split::kTrain), scored = run.load(split);
  const uint64_t seed = arguments.seed();
  const Question question = ask(arguments, train, scored, to_string(split), run);
  if (question.answers.numel() < train.count()) {
    log::info("{} of {} training images, drawn by --seed; --train-count takes more",
              question.answers.numel(), train.count());
  }
  const int64_t k = std::min(neighbours, question.answers.numel());
  Json json{{"run", run.directory.path().string()},
            {"split", to_string(split)},
            {"label", question.label},
            {"measure", question.numeric() ? "r_squared" : "accuracy"},
            {"classes", question.count()},
            {"training_images", question.answers.numel()},
            {"images", question.truth.numel()},
            {"neighbours", k},
            {"baseline", as_json(baseline(question, seed))},
            {"features", Json::array()}};
  for (const auto& features :
       probe_features(run, question.training, question.scoring, seed, arguments.quiet())) {
    json["features"].push_back({{"name", features.name},
                                {"title", features.title},
                                {"dimensions", features.training.size(1)},
                                {"linear", as_json(linear(question, features, seed))},
                                {"nearest", as_json(nearest(question, features, k, seed))}});
  }
  print_result(arguments, json, probe_table(json, run.experiment.data.example_word()));
}

}  // namespace latent
