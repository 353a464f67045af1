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
#include "statistics/ranking.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kMaxForThreshold = 20'000;

void check_flags(const Arguments& arguments) {
  anomaly_scores().find<UsageError>(arguments.text("score"), "--score");
  const double level = arguments.number("quantile");
  if (!(level >= 0 && level <= 1))
    throw UsageError(fmt::format("--quantile {}: expected a number from 0 to 1", level));
  if (!arguments.has("out")) return;
  const std::filesystem::path out = arguments.text("out");
  if (out.extension() != ".csv")
    throw UsageError("--out " + out.string() + ": expected a .csv file");
}

// The rule of --normal, else the one that the training examples were kept by, if the examples have
// attributes.
NormalRule find_normal(const ExampleBatches& examples, const Arguments& arguments,
                       const OpenedRun& run) {
  const bool asked = arguments.has("normal");
  NormalRule normal{.rule = asked ? arguments.text("normal") : run.experiment.data.keep_rule()};
  if (normal.rule.empty() || (!asked && examples.attributes.empty())) return normal;
  if (arguments.has("files")) {
    throw Error("--normal " + normal.rule +
                ": files of your own carry no labels; expected images of a split, or no --normal");
  }
  Examples known;
  known.attributes = examples.attributes;
  normal.matches = match(known, normal.rule, "--normal");
  if (!normal.measurable()) {
    log::warn("{}: rule \"{}\" matches all or none of them; AUROC is undefined", examples.what,
              normal.rule);
  }
  return normal;
}

// What a score flags at a threshold, and how well it separates if it is known what is normal.
Json describe(const AnomalyScore& score, double threshold, const NormalRule& normal) {
  Json json{{"threshold", threshold},
            {"flagged", score.values.gt(threshold).sum().item<int64_t>()}};
  if (!normal.measurable()) return json;
  const Tensor known = normal.matches->known;
  const Tensor values = score.values.index({known});
  const Tensor is_normal = normal.matches->holds.index({known});
  const Tensor is_anomalous = is_normal.logical_not();
  json["flagged_normal"] = values.gt(threshold).logical_and(is_normal).sum().item<int64_t>();
  json["auroc"] = statistics::auroc(values, is_anomalous);
  json["aupr"] = statistics::average_precision(values, is_anomalous);
  return json;
}

std::string detection_table(const Json& json, const ExampleBatches& examples,
                            const NormalRule& normal, const std::vector<AnomalyScore>& scores) {
  std::string text = fmt::format("{} {}", examples.count, examples.what);
  if (normal.matches) {
    text += fmt::format(", {} of them normal: {}", normal.matches->holds.sum().item<int64_t>(),
                        normal.rule);
  }
  if (normal.unknown() > 0)
    text += fmt::format("; unknown of {}, which are left out of AUROC and AUPR", normal.unknown());
  text += fmt::format("\nflagged: above the {} quantile of {}\nprincipal components: {}\n",
                      json["quantile"].get<double>(),
                      counted(json["training_examples"].get<int64_t>(), "training example"),
                      json["components"].get<int64_t>());
  const bool measured = normal.measurable();
  text += fmt::format("  {:<10}{:<26}{:>12}{:>9}{}\n", "score", "", "threshold", "flagged",
                      measured ? "   AUROC    AUPR" : "");
  for (const auto& score : scores) {
    const Json& each = json["scores"][score.kind->name];
    text += fmt::format("  {:<10}{:<26}{:>12.6g}{:>9}", score.kind->name, score.kind->summary,
                        each["threshold"].get<double>(), each["flagged"].get<int64_t>());
    if (measured) {
      text +=
          fmt::format("{:>8.4f}{:>8.4f}", each["auroc"].get<double>(), each["aupr"].get<double>());
    }
    text += "\n";
  }
  return text;
}

void check_score(const std::string& name, const OpenedRun& run) {
  const std::string why_not = anomaly_scores().find(name, "--score").unavailable(run);
  if (why_not.empty()) return;
  std::vector<std::string> available;
  for (const auto& row : anomaly_scores().rows()) {
    if (row.unavailable(run).empty()) available.push_back(row.name);
  }
  throw Error("--score " + name + ": " + why_not + "; expected " + join(available));
}

// The CSV and the picture: beside it with --out, else among the run's pictures.
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
              "FILE.csv to write, with the picture beside it (default: detect/ and images/detect/ "
              "of the run)");
  options.add_options()("normal",
                        "rule that normal examples match, such as label=7, to measure AUROC and "
                        "AUPR (default: the config's data.keep)",
                        cxxopts::value<std::string>(), "RULE");
  options.add_options()("score", "flag and sort by this score:" + anomaly_scores().summaries(),
                        cxxopts::value<std::string>()->default_value("error"), "NAME");
  options.add_options()("quantile", "flag examples above this quantile of the training scores",
                        cxxopts::value<double>()->default_value("0.95"), "Q");
  options.add_options()("shown", "number of the most and of the least anomalous examples to draw",
                        cxxopts::value<int64_t>()->default_value("10"), "N");
}

void run_detect(const Arguments& arguments) {
  check_flags(arguments);
  const int64_t shown = arguments.integer("shown", 1, 100);
  const std::string chosen = arguments.text("score");
  const OpenedRun run = open_run(arguments);
  check_score(chosen, run);
  const ExampleBatches examples = read_example_batches(arguments, run);
  if (arguments.has("shown") && 2 * shown > examples.count) {
    log::warn("--shown {}: only {} to draw", shown,
              counted(examples.count, run.experiment.data.example_noun()));
  }
  const NormalRule normal = find_normal(examples, arguments, run);
  const Examples train = run.load(Split::kTrain);
  const AnomalyDetector detector(run, train, arguments.seed(), arguments.quiet());
  const ExampleBatches usual = some_of(train, kMaxForThreshold, arguments.seed());
  const auto training = detector.score(usual, "training split", arguments.quiet());
  const auto scores = detector.score(examples, "scoring", arguments.quiet());

  const auto [csv, picture] = output_files(arguments, run);
  Json json{{"run", run.directory.path().string()},
            {"images", examples.count},
            {"normal", normal.matches ? Json(normal.rule) : Json()},
            {"unknown", normal.unknown()},
            {"quantile", arguments.number("quantile")},
            {"training_examples", usual.count},
            {"components", std::min(run.model->latent_dim(), train.shape().values())},
            {"score", chosen},
            {"scores", Json::object()},
            {"written", {csv.string(), picture.string()}}};
  for (size_t i = 0; i < scores.size(); ++i) {
    const std::string& name = scores[i].kind->name;
    const auto threshold =
        at::quantile(training[i].values, arguments.number("quantile")).item<double>();
    json["scores"][name] = describe(scores[i], threshold, normal);
    if (name != chosen) continue;
    write_scores(csv, examples, scores, scores[i].values.gt(threshold), normal);
    write_most_anomalous(picture, run, examples, scores[i].values, shown, normal);
  }
  print_result(arguments, json,
               detection_table(json, examples, normal, scores) + csv.string() + "\n" +
                   picture.string() + "\n");
}

}  // namespace latent
