#include "session/sweep/table.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/text/suggest.h"
#include "statistics/student.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

// Numbers beside the figures.
const std::set<std::string>& other_numbers() {
  static const std::set<std::string> names{"step", "images", "left_out_constant_per_value"};
  return names;
}

void add_measure(RunFigures& figures, const std::string& name, const Json& measure) {
  if (!measure.is_object()) return;
  if (const auto value = measure.find("value"); value != measure.end()) {
    if (value->is_number()) figures.emplace_back(name, value->get<double>());
    return;
  }
  for (const auto& [figure, inner] : measure.items())
    add_measure(figures, name + "." + figure, inner);
}

std::string csv_field(const std::string& word) {
  if (word.find_first_of(",\"\r\n") == std::string::npos) return word;
  std::string text = "\"";
  for (const char letter : word)
    text += letter == '"' ? "\"\"" : std::string(1, letter);
  return text + "\"";
}

std::string number_field(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

}  // namespace

RunFigures figures_of(const Json& evaluation) {
  RunFigures figures;
  const Json measures = evaluation.value("measures", Json::object());
  for (const auto& [name, value] : evaluation.items()) {
    const bool loss = value.is_number() && !other_numbers().contains(name);
    if (loss && !measures.contains(name)) figures.emplace_back(name, value.get<double>());
  }
  for (const auto& [name, measure] : measures.items())
    add_measure(figures, name, measure);
  return figures;
}

SeedSummary summarize_seeds(const std::vector<double>& numbers) {
  const auto n = static_cast<double>(numbers.size());
  double sum = 0, squares = 0;
  for (const double number : numbers)
    sum += number;
  const double mean = sum / n, unknown = std::nan("");
  if (numbers.size() < 2) return {mean, unknown, unknown, unknown};
  for (const double number : numbers)
    squares += (number - mean) * (number - mean);
  const double deviation = std::sqrt(squares / (n - 1));
  const double half = statistics::student_quantile(n - 1) * deviation / std::sqrt(n);
  return {mean, deviation, mean - half, mean + half};
}

SweepTable sweep_table(const SweepPlan& plan, const std::map<std::string, Json>& evaluations) {
  SweepTable table;
  for (const auto& each : plan.over)
    table.keys.push_back(each.key);
  std::vector<std::map<std::string, std::vector<double>>> numbers(plan.combinations());
  table.rows.resize(plan.combinations());
  for (size_t i = 0; i < table.rows.size(); ++i)
    table.rows[i].values = plan.values(i);
  for (const auto& run : plan.runs()) {
    const auto found = evaluations.find(run.name);
    if (found == evaluations.end()) continue;
    ++table.rows[run.combination].seeds;
    for (const auto& [name, value] : figures_of(found->second)) {
      numbers[run.combination][name].push_back(value);
      if (std::find(table.figures.begin(), table.figures.end(), name) == table.figures.end())
        table.figures.push_back(name);
    }
  }
  for (size_t i = 0; i < table.rows.size(); ++i) {
    for (const auto& [name, values] : numbers[i])
      table.rows[i].figures.emplace(name, summarize_seeds(values));
  }
  return table;
}

std::vector<std::string> main_figures(const SweepTable& table, size_t most) {
  std::vector<std::string> shown;
  const auto add = [&](const std::string& name) {
    const auto in = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (in(table.figures) && !in(shown) && shown.size() < most) shown.push_back(name);
  };
  for (const char* name : {"loss", "elbo", "psnr", "active_units", "mse", "ssim"})
    add(name);
  for (const auto& name : table.figures)
    add(name);
  return shown;
}

std::string summary_text(const SeedSummary& summary) {
  if (std::isnan(summary.low)) return fmt::format("{:.4g}", summary.mean);
  return fmt::format("{:.4g} [{:.4g}, {:.4g}]", summary.mean, summary.low, summary.high);
}

std::string csv_text(const SweepTable& table) {
  std::vector<std::string> fields;
  for (const auto& key : table.keys)
    fields.push_back(csv_field(key));
  fields.push_back("seeds");
  for (const auto& figure : table.figures) {
    for (const char* what : {"_mean", "_sd", "_low", "_high"})
      fields.push_back(csv_field(figure + what));
  }
  std::string text = join(fields, ",") + "\r\n";
  for (const auto& row : table.rows) {
    fields.clear();
    for (const auto& value : row.values)
      fields.push_back(csv_field(value));
    fields.push_back(std::to_string(row.seeds));
    for (const auto& figure : table.figures) {
      const double unknown = std::nan("");
      const auto found = row.figures.find(figure);
      const SeedSummary summary = found == row.figures.end()
                                      ? SeedSummary{unknown, unknown, unknown, unknown}
                                      : found->second;
      for (const double value : {summary.mean, summary.deviation, summary.low, summary.high})
        fields.push_back(number_field(value));
    }
    text += join(fields, ",") + "\r\n";
  }
  return text;
}

}  // namespace latent
