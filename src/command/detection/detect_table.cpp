#include "command/detection/detect_table.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include "core/text/suggest.h"
#include "statistics/flagging.h"
#include "statistics/ranking.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(); }

// "0.9876", or "-" where there is no number.
std::string four_digits(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found == row.end() || found->is_null() ? "-" : fmt::format("{:.4f}", found->get<double>());
}

std::string heading(const Json& json, const ExampleBatches& examples, const Thresholds& thresholds,
                    const NormalRule& normal) {
  std::string text = fmt::format("{} {}", examples.count, examples.what);
  if (normal.matches) {
    text += fmt::format(", {} of them normal: {}", normal.matches->holds.sum().item<int64_t>(),
                        normal.rule);
  }
  if (normal.unknown() > 0)
    text += fmt::format("; unknown of {}, which are left out of AUROC and AUPR", normal.unknown());
  return text + fmt::format("\nflagged: {}\nprincipal components: {}\n", thresholds.text(),
                            json["components"].get<int64_t>());
}

// Precision, recall and F1 of the scores that have a threshold.
std::string flagging_table(const Json& json, const std::vector<AnomalyScore>& scores) {
  std::string text =
      fmt::format("  {:<36}{:>12}{:>9}{:>8}\n", "at the threshold", "precision", "recall", "F1");
  for (const auto& score : scores) {
    const Json& each = json["scores"][score.kind->name];
    if (!each.contains("f1")) continue;
    text +=
        fmt::format("  {:<36}{:>12}{:>9}{:>8}\n", score.kind->name, four_digits(each, "precision"),
                    four_digits(each, "recall"), four_digits(each, "f1"));
  }
  return text;
}

}  // namespace

void describe_thresholds(Json& json, const Thresholds& thresholds) {
  const bool by_quantile = thresholds.rule.kind == ThresholdRule::Kind::kQuantile;
  json["threshold_by"] = thresholds.rule.name();
  json["quantile"] = by_quantile ? Json(thresholds.rule.number) : Json();
  json["threshold_examples"] = thresholds.examples;
}

Json describe_detection(const AnomalyScore& score, const std::optional<double>& threshold,
                        const NormalRule& normal) {
  Json json{{"threshold", or_null(threshold)}};
  if (threshold) json["flagged"] = score.values.gt(*threshold).sum().item<int64_t>();
  if (!normal.measurable()) return json;
  const Tensor known = normal.matches->known;
  const Tensor values = score.values.index({known});
  const Tensor is_anomalous = normal.matches->holds.index({known}).logical_not();
  if (threshold) {
    const auto found = statistics::flagged_above(values, is_anomalous, *threshold);
    json["flagged_normal"] = found.false_alarms;
    json["precision"] = or_null(found.precision());
    json["recall"] = or_null(found.recall());
    json["f1"] = found.f1();
  }
  json["auroc"] = statistics::auroc(values, is_anomalous);
  json["aupr"] = statistics::average_precision(values, is_anomalous);
  return json;
}

std::string detection_table(const Json& json, const ExampleBatches& examples,
                            const Thresholds& thresholds, const NormalRule& normal,
                            const std::vector<AnomalyScore>& scores) {
  std::string text = heading(json, examples, thresholds, normal);
  const bool measured = normal.measurable();
  text += fmt::format("  {:<10}{:<26}{:>12}{:>9}{}\n", "score", "", "threshold", "flagged",
                      measured ? "   AUROC    AUPR" : "");
  for (const auto& score : scores) {
    const Json& each = json["scores"][score.kind->name];
    const bool flags = each.contains("flagged");
    text += fmt::format("  {:<10}{:<26}{:>12}{:>9}", score.kind->name, score.kind->summary,
                        flags ? fmt::format("{:.6g}", each["threshold"].get<double>()) : "-",
                        flags ? std::to_string(each["flagged"].get<int64_t>()) : "-");
    if (measured)
      text += fmt::format("{:>8}{:>8}", four_digits(each, "auroc"), four_digits(each, "aupr"));
    text += "\n";
  }
  return measured ? text + flagging_table(json, scores) : text;
}

}  // namespace latent
