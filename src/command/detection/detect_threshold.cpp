#include "command/detection/detect_threshold.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <cmath>

#include "core/error.h"
#include "core/text/suggest.h"
#include "statistics/flagging.h"
#include "train/checkpoint/data_fingerprint.h"

namespace latent {
namespace {

std::optional<double> finite_number(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [after, code] = std::from_chars(text.data(), end, value);
  if (code != std::errc{} || after != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

double read_quantile(const Arguments& arguments) {
  const double level = arguments.number("quantile");
  if (!(level >= 0 && level <= 1))
    throw UsageError(fmt::format("--quantile {}: expected a number from 0 to 1", level));
  return level;
}

// The run's validation split without data.keep, which would leave no anomalies in it.
Examples whole_validation(const OpenedRun& run) {
  Config config =
      Config::parse(run.config.resolved_text(), run.config.origin(), {"data.keep=\"\""});
  return load_split(*read_experiment(config).data.open(), Split::kValidation);
}

// Throws Error if a threshold found on these validation images would be measured on the same ones.
void expect_other_images(const Arguments& arguments, const OpenedRun& run,
                         const Examples& validation) {
  if (arguments.has("files")) return;
  const Split scored = arguments.parsed("split", parse_split);
  if (scored != Split::kTest ||
      fingerprint(run.load(scored).pixels) != fingerprint(validation.pixels))
    return;
  throw Error(
      "--threshold f1: the threshold is found on the validation split, whose images are those of "
      "the test split; expected a run with data.validation, such as 0.1");
}

// The thresholds of the best F1 on the validation split.
Thresholds by_f1(const Arguments& arguments, const OpenedRun& run, const AnomalyDetector& detector,
                 const std::string& rule) {
  if (rule.empty()) {
    throw Error(
        "--threshold f1: which examples are normal is unknown; expected --normal RULE, or a run "
        "with a rule in data.keep");
  }
  const Examples validation = whole_validation(run);
  check_shape(validation, Split::kValidation, run.model->output_shape(), "the model");
  expect_other_images(arguments, run, validation);
  const NormalRule normal{.rule = rule, .matches = match(validation, rule, "--threshold f1")};
  if (!normal.measurable()) {
    throw Error("--threshold f1: rule \"" + rule +
                "\" matches all or none of the validation split; expected both normal and other "
                "examples there");
  }
  Thresholds found{.rule = {.kind = ThresholdRule::Kind::kBestF1}, .values = {}};
  const Tensor known = normal.matches->known;
  const Tensor anomalous = normal.matches->holds.index({known}).logical_not();
  found.examples = anomalous.numel();
  for (const auto& score : detector.score(all_of(validation), "validation split")) {
    found.values.emplace_back(
        statistics::best_f1_threshold(score.values.index({known}), anomalous));
  }
  return found;
}

}  // namespace

std::string ThresholdRule::name() const {
  return kind == Kind::kQuantile ? "quantile" : kind == Kind::kBestF1 ? "f1" : "given";
}

std::string Thresholds::text() const {
  switch (rule.kind) {
    case ThresholdRule::Kind::kBestF1:
      return fmt::format("above the best F1's threshold on {} of the validation split",
                         counted(examples, "example"));
    case ThresholdRule::Kind::kGiven:
      return fmt::format("{} above {}, as given", rule.score, rule.number);
    case ThresholdRule::Kind::kQuantile:
      break;
  }
  return fmt::format("above the {} quantile of {}", rule.number,
                     counted(examples, "training example"));
}

void declare_threshold(cxxopts::Options& options) {
  options.add_options()("threshold",
                        "how to choose the score above which an example is flagged:\n"
                        "quantile: as --quantile says\n"
                        "f1: the best F1 on the validation split, which needs labels and normal "
                        "and other examples there\n"
                        "a number: this one",
                        cxxopts::value<std::string>()->default_value("quantile"), "HOW");
  options.add_options()("quantile", "flag examples above this quantile of the training scores",
                        cxxopts::value<double>()->default_value(fmt::format("{}", kUsualQuantile)),
                        "Q");
}

ThresholdRule read_threshold(const Arguments& arguments, const std::string& chosen) {
  const std::string how = arguments.text("threshold");
  using Kind = ThresholdRule::Kind;
  if (how == "quantile") return {.kind = Kind::kQuantile, .number = read_quantile(arguments)};
  const auto number = finite_number(how);
  if (how != "f1" && !number)
    throw UsageError("--threshold " + how + ": expected quantile, f1 or a number");
  arguments.refuse({"quantile"},
                   "--threshold " + how + " already sets the threshold; expected one of the two");
  if (number) return {.kind = Kind::kGiven, .number = *number, .score = chosen};
  if (!arguments.has("files") && arguments.text("split") == "validation") {
    throw UsageError(
        "--threshold f1: the threshold is found on the validation split, which is also the one to "
        "score; expected --split test");
  }
  return {.kind = Kind::kBestF1};
}

Thresholds find_thresholds(const ThresholdRule& threshold, const Arguments& arguments,
                           const OpenedRun& run, AnomalyDetector& detector,
                           const std::string& rule) {
  if (threshold.kind == ThresholdRule::Kind::kBestF1) return by_f1(arguments, run, detector, rule);
  Thresholds found{.rule = threshold, .values = {}};
  if (threshold.kind == ThresholdRule::Kind::kGiven) {
    for (const auto& name : detector.names()) {
      found.values.push_back(name == threshold.score ? std::optional(threshold.number)
                                                     : std::nullopt);
    }
    return found;
  }
  for (const auto& score : detector.usual()) {
    found.examples = score.values.numel();
    found.values.emplace_back(at::quantile(score.values, threshold.number).item<double>());
  }
  return found;
}

}  // namespace latent
