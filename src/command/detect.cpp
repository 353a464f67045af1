#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/anomaly.h"
#include "command/detection/detect_each_class.h"
#include "command/detection/detect_table.h"
#include "command/detection/detect_threshold.h"
#include "command/flags/inputs.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "core/error.h"
#include "core/exit_with.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "report/anomaly_report.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFlaggedSomething = 3;  // the exit code of --fail-on-anomaly

// The score to flag and sort by. Checks it and --out.
std::string check_flags(const Arguments& arguments) {
  const std::string chosen = arguments.text("score");
  anomaly_scores().find<UsageError>(chosen, "--score");
  if (!arguments.has("out")) return chosen;
  const std::filesystem::path out = arguments.text("out");
  if (out.extension() != ".csv")
    throw UsageError("--out " + out.string() + ": expected a .csv file");
  return chosen;
}

// The rule of --normal, else the one that the training examples were kept by, if the examples have
// attributes. Files have none: their rule only serves to find a threshold on the validation split.
NormalRule find_normal(const ExampleBatches& examples, const Arguments& arguments,
                       const OpenedRun& run, bool finds_threshold) {
  const std::string flag =
      arguments.has("attribute") && !arguments.has("normal") ? "attribute" : "normal";
  const bool asked = arguments.has(flag);
  NormalRule normal{.rule = asked ? arguments.text(flag) : run.experiment.data.keep_rule()};
  if (normal.rule.empty() || (!asked && examples.attributes.empty())) return normal;
  if (arguments.has("files")) {
    if (finds_threshold) return normal;
    throw Error("--" + flag + " " + normal.rule +
                ": files of your own carry no labels; expected images of a split, or no --normal");
  }
  Examples known;
  known.attributes = examples.attributes;
  normal.matches = match(known, normal.rule, "--" + flag);
  if (!normal.measurable()) {
    log::warn("{}: rule \"{}\" matches all or none of them; AUROC is undefined", examples.what,
              normal.rule);
  }
  return normal;
}

// The names of the flagged examples, in their order.
Json names_where(const ExampleBatches& examples, const Tensor& flagged) {
  Json names = Json::array();
  const Tensor rows = flagged.nonzero().flatten();
  for (int64_t i = 0; i < rows.numel(); ++i)
    names.push_back(examples.names[static_cast<size_t>(rows[i].item<int64_t>())]);
  return names;
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
  declare_each_class(options);
  declare_look(options, Draws::kBoth);
  declare_out(options,
              "FILE.csv to write, with the picture beside it (default: detect/ and images/detect/ "
              "of the run)");
  options.add_options()("normal",
                        "rule that normal examples match, such as label=7, to measure AUROC and "
                        "AUPR (default: the config's data.keep)",
                        cxxopts::value<std::string>(), "RULE");
  options.add_options()(
      "score", "flag and sort by this score, and compute no other:" + anomaly_scores().summaries(),
      cxxopts::value<std::string>()->default_value("error"), "NAME");
  declare_threshold(options);
  options.add_options()("fail-on-anomaly", "exit with code 3 if an example is flagged");
  options.add_options()("shown", "number of the most and of the least anomalous examples to draw",
                        cxxopts::value<int64_t>()->default_value("10"), "N");
}

void run_detect(const Arguments& arguments) {
  if (arguments.has("each-class")) {
    detect_each_class(arguments);
    return;
  }
  const std::string chosen = check_flags(arguments);
  const ThresholdRule rule = read_threshold(arguments, chosen);
  const int64_t shown = arguments.integer("shown", 1, 100);
  const OpenedRun run = open_run(arguments);
  check_score(chosen, run);
  const ExampleBatches examples = read_example_batches(arguments, run);
  if (arguments.has("shown") && 2 * shown > examples.count) {
    log::warn("--shown {}: only {} to draw", shown,
              counted(examples.count, run.experiment.data.example_noun()));
  }
  const NormalRule normal =
      find_normal(examples, arguments, run, rule.kind == ThresholdRule::Kind::kBestF1);
  const std::vector<std::string> asked =
      arguments.has("score") ? std::vector{chosen} : std::vector<std::string>{};
  AnomalyDetector detector(run, asked, arguments.seed(), arguments.quiet());
  const Thresholds thresholds = find_thresholds(rule, arguments, run, detector, normal.rule);
  const auto scores = detector.score(examples, "scoring");

  const auto [csv, picture] = output_files(arguments, run);
  Json json{{"run", run.directory.path().string()},
            {"images", examples.count},
            {"normal", normal.matches ? Json(normal.rule) : Json()},
            {"unknown", normal.unknown()}};
  describe_thresholds(json, thresholds);
  json["components"] = std::min(run.model->latent_dim(), run.model->output_shape().values());
  json["score"] = chosen;
  json["scores"] = Json::object();
  bool found = false;
  for (size_t i = 0; i < scores.size(); ++i) {
    const std::string& name = scores[i].kind->name;
    json["scores"][name] = describe_detection(scores[i], thresholds.values[i], normal);
    if (name != chosen) continue;
    const Tensor flagged = scores[i].values.gt(*thresholds.values[i]);
    found = flagged.any().item<bool>();
    json["flagged"] = names_where(examples, flagged);
    write_scores(csv, examples, scores, flagged, normal);
    write_most_anomalous(picture, run, examples,
                         {.values = scores[i].values,
                          .shown = shown,
                          .rule = normal.rule,
                          .score = chosen,
                          .threshold = *thresholds.values[i]},
                         read_look_for(arguments, run.experiment.data.is_table()));
  }
  json["written"] = {csv.string(), picture.string()};
  print_result(arguments, json,
               detection_table(json, examples, thresholds, normal, scores) + csv.string() + "\n" +
                   picture.string() + "\n");
  if (arguments.flag("fail-on-anomaly") && found) throw ExitWith(kFlaggedSomething);
}

}  // namespace latent
