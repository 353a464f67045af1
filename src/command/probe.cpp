#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/probe.h"
#include "command/flags/attribute.h"
#include "command/flags/open_run.h"
#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

ProbeTask read_task(const Arguments& arguments, const OpenedRun& run, const Examples& train,
                    const Examples& scored, const std::string& split) {
  const Attribute* attribute = choose_attribute(arguments, train);
  if (attribute == nullptr) {
    throw Error(
        "latent probe: the data set has no labels and no attributes; expected one that has");
  }
  const std::string keep = run.experiment.data.keep;
  const ProbeOptions options{
      .most = arguments.integer("train-count", 10),
      .seed = arguments.seed(),
      .noun = run.experiment.data.example_noun(),
      .split = split,
      .hint = keep.empty() ? "" : ", which data.keep \"" + keep + "\" chose"};
  try {
    return make_probe_task(train, scored, *attribute, options);
  } catch (const Error& problem) {
    throw Error(std::string("--") + problem.what());
  }
}

Json as_json(const statistics::Measured& measured) {
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
      "{}{}\nlearned from {}, scored on {} of the {} split\n", json["label"].get<std::string>(),
      numeric ? ", a number" : fmt::format(", {} classes", json["classes"].get<int64_t>()),
      counted(json["training_images"].get<int64_t>(), "training " + word),
      json["images"].get<int64_t>(), json["split"].get<std::string>());
  const auto untaught = json["unknown_training_images"].get<int64_t>();
  const auto unscored = json["unknown_images"].get<int64_t>();
  if (untaught + unscored > 0) {
    text += fmt::format("left out, as the value is unknown: {}, {} of the {} split\n",
                        counted(untaught, "training " + word), unscored,
                        json["split"].get<std::string>());
  }
  text += fmt::format("  {:<22}{:<26}{}\n", numeric ? "R^2 (95% interval)" : "accuracy (95%)",
                      numeric ? "ridge regression" : "logistic regression",
                      counted(json["neighbours"].get<int64_t>(), "nearest neighbour"));
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
  declare_attribute(options, "attribute to predict");
  options.add_options("input")("split", "split to score on: validation or test",
                               cxxopts::value<std::string>()->default_value("test"), "NAME");
  options.add_options()("train-count",
                        "maximum number of training images to learn from, drawn at random",
                        cxxopts::value<int64_t>()->default_value("10000"), "N");
  options.add_options()("neighbours", "neighbours of the nearest-neighbour classifier",
                        cxxopts::value<int64_t>()->default_value("5"), "K");
}

void run_probe(const Arguments& arguments) {
  const Split split = arguments.parsed("split", parse_split);
  if (split == Split::kTrain) {
    throw UsageError(
        "--split train: the probes learn from these images; expected validation or test");
  }
  const int64_t neighbours = arguments.integer("neighbours", 1, 1000);
  const OpenedRun run = open_run(arguments);
  const Examples train = run.load(Split::kTrain), scored = run.load(split);
  const uint64_t seed = arguments.seed();
  const ProbeTask task = read_task(arguments, run, train, scored, to_string(split));
  if (const int64_t known = train.count() - task.train_unknown; task.train_labels.numel() < known) {
    log::info(
        "learning from {} of {} training images, drawn by --seed; raise --train-count to use more",
        task.train_labels.numel(), known);
  }
  const int64_t k = std::min(neighbours, task.train_labels.numel());
  if (k < neighbours)
    log::warn("--neighbours {}: only {}", neighbours, counted(k, "training image"));
  Json json{{"run", run.directory.path().string()},
            {"split", to_string(split)},
            {"label", task.label},
            {"measure", task.numeric() ? "r_squared" : "accuracy"},
            {"classes", task.count()},
            {"training_images", task.train_labels.numel()},
            {"images", task.test_labels.numel()},
            {"unknown_training_images", task.train_unknown},
            {"unknown_images", task.test_unknown},
            {"neighbours", k},
            {"baseline", as_json(baseline_probe(task, seed))},
            {"features", Json::array()}};
  for (const auto& features :
       probe_features(run, task.training, task.scoring, seed, arguments.quiet())) {
    json["features"].push_back({{"name", features.name},
                                {"title", features.title},
                                {"dimensions", features.training.size(1)},
                                {"linear", as_json(linear_probe(task, features, seed))},
                                {"nearest", as_json(nearest_probe(task, features, k, seed))}});
  }
  print_result(arguments, json, probe_table(json, run.experiment.data.example_noun()));
}

}  // namespace latent
