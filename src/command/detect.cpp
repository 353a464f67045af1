#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/anomaly.h"
#include "command/flags/inputs.h"
#include "command/flags/open_run.h"
#include "command/report/anomaly_report.h"
#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "space/directions.h"
#include "statistics/ranking.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kMaxForThreshold = 20'000;
const std::vector<std::string> kScores{"error", "elbo", "distance", "pca"};

void check_flags(const Arguments& arguments) {
  const std::string score = arguments.text("score");
  if (std::find(kScores.begin(), kScores.end(), score) == kScores.end())
    throw UsageError("--score " + score + ": expected " + join(kScores));
  const double level = arguments.number("quantile");
  if (!(level >= 0 && level <= 1))
    throw UsageError(fmt::format("--quantile {}: expected a number from 0 to 1", level));
  if (!arguments.has("out")) return;
  const std::filesystem::path out = arguments.text("out");
  if (out.extension() != ".csv")
    throw UsageError("--out " + out.string() + ": expected a .csv file");
}

// --normal, else the rule that the training examples were kept by, where there are labels.
NormalRule find_normal(const ExampleBatches& subjects, const Arguments& arguments,
                       const OpenedRun& run) {
  const bool asked = arguments.has("normal");
  NormalRule found{.rule = asked ? arguments.text("normal") : run.experiment.data.keep_rule()};
  if (found.rule.empty() || (!asked && subjects.attributes.empty())) return found;
  if (arguments.has("files")) {
    throw Error("--normal " + found.rule +
                ": files of your own carry no labels; expected images of a split, or no --normal");
  }
  Examples known;
  known.attributes = subjects.attributes;
  found.matches = match(known, found.rule, "--normal");
  if (!found.measurable()) {
    log::warn("{}: all are normal by \"{}\", or none is: there is no AUROC", subjects.what,
              found.rule);
  }
  return found;
}

// What a score finds, at a threshold.
Json describe(const Score& score, double threshold, const NormalRule& normality) {
  Json json{{"threshold", threshold},
            {"flagged", score.values.gt(threshold).sum().item<int64_t>()}};
  if (!normality.measurable()) return json;
  const Tensor among = normality.matches->known;
  const Tensor values = score.values.index({among});
  const Tensor normal = normality.matches->holds.index({among}), strange = normal.logical_not();
  json["flagged_normal"] = values.gt(threshold).logical_and(normal).sum().item<int64_t>();
  json["auroc"] = statistics::auroc(values, strange);
  json["aupr"] = statistics::average_precision(values, strange);
  return json;
}

std::string detection_table(const Json& json, const ExampleBatches& subjects,
                            const NormalRule& normality, const std::vector<Score>& scores) {
  std::string text = fmt::format("{} {}", subjects.count, subjects.what);
  if (normality.matches) {
    text += fmt::format(", {} of them normal: {}", normality.matches->holds.sum().item<int64_t>(),
                        normality.rule);
  }
  text += fmt::format("\nflagged: above the {} quantile of {} training examples\n",
                      json["quantile"].get<double>(), json["training_examples"].get<int64_t>());
  const bool measured = normality.measurable();
  text += fmt::format("  {:<10}{:<26}{:>12}{:>9}{}\n", "score", "", "threshold", "flagged",
                      measured ? "   AUROC    AUPR" : "");
  for (const auto& score : scores) {
    const Json& each = json["scores"][score.name];
    text += fmt::format("  {:<10}{:<26}{:>12.6g}{:>9}", score.name, score.meaning,
                        each["threshold"].get<double>(), each["flagged"].get<int64_t>());
    if (measured) {
      text +=
          fmt::format("{:>8.4f}{:>8.4f}", each["auroc"].get<double>(), each["aupr"].get<double>());
    }
    text += "\n";
  }
  return text;
}

void check_score(const std::string& name, const AnomalyDetector& detector) {
  const auto there = detector.names();
  if (std::find(there.begin(), there.end(), name) != there.end()) return;
  throw Error("--score " + name + ": this run has no ELBO of a single example; expected " +
              join(there));
}

// The CSV and the picture, which lies beside it or among the run's pictures.
std::pair<std::filesystem::path, std::filesystem::path> output_files(const Arguments& arguments,
                                                                     const OpenedRun& run) {
  if (arguments.has("out")) {
    const std::filesystem::path csv = arguments.text("out");
    return {csv, std::filesystem::path(csv).replace_extension(".png")};
  }
  const std::string stem = inputs_stem(arguments);
  return {run.directory.path() / "detect" / (stem + ".csv"),
          run.directory.image("detect", stem + ".png")};
}

}  // namespace

void declare_detect(cxxopts::Options& options) {
  declare_run(options);
  declare_inputs(options, "0");
  declare_out(options,
              "FILE.csv, with the picture beside it (default: detect/ and images/detect/ of the "
              "run)");
  options.add_options()("normal",
                        "which examples are normal, for AUROC and AUPR, for example label=7 "
                        "(default: the config's data.keep)",
                        cxxopts::value<std::string>(),
                        "RULE")("score", "what flags and sorts: error, elbo, distance or pca",
                                cxxopts::value<std::string>()->default_value("error"), "NAME")(
      "quantile", "of the training examples' scores: what lies above is flagged",
      cxxopts::value<double>()->default_value("0.95"),
      "Q")("shown", "so many of the most and of the least anomalous on the picture",
           cxxopts::value<int64_t>()->default_value("10"), "N");
}

void run_detect(const Arguments& arguments) {
  check_flags(arguments);
  const int64_t shown = arguments.integer("shown", 1, 100);
  const OpenedRun run = open_run(arguments);
  const ExampleBatches subjects = read_example_batches(arguments, run);
  const NormalRule normality = find_normal(subjects, arguments, run);
  const Examples train = run.load(Split::kTrain);
  const AnomalyDetector detector(run, train, arguments.seed(), arguments.quiet());
  const std::string chosen = arguments.text("score");
  check_score(chosen, detector);
  const ExampleBatches usual = some_of(train, kMaxForThreshold, arguments.seed());
  if (usual.count < train.count())
    log::info("thresholds from {} of {} training examples, drawn at random", usual.count,
              train.count());
  const auto training = detector.score(usual, "training split", arguments.quiet());
  const auto scores = detector.score(subjects, "scoring", arguments.quiet());

  const auto [csv, picture] = output_files(arguments, run);
  Json json{{"run", run.directory.path().string()},
            {"images", subjects.count},
            {"normal", normality.matches ? Json(normality.rule) : Json()},
            {"quantile", arguments.number("quantile")},
            {"training_examples", usual.count},
            {"components", std::min(run.model->latent_dim(), train.shape().values())},
            {"score", chosen},
            {"scores", Json::object()},
            {"written", {csv.string(), picture.string()}}};
  for (size_t i = 0; i < scores.size(); ++i) {
    const auto threshold =
        at::quantile(training[i].values, arguments.number("quantile")).item<double>();
    json["scores"][scores[i].name] = describe(scores[i], threshold, normality);
    if (scores[i].name != chosen) continue;
    write_scores(csv, subjects, scores, scores[i].values.gt(threshold), normality);
    write_strangest(picture, run, subjects, scores[i].values, shown, normality);
  }
  print_result(arguments, json,
               detection_table(json, subjects, normality, scores) + csv.string() + "\n" +
                   picture.string() + "\n");
}

}  // namespace latent
