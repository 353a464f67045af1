#include "report/evaluation_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

// Whether the figure stands for its measure.
bool is_alone(const MeasuredFigures& measured) {
  return measured.figures.size() == 1 && measured.figures.front().name == measured.row->name;
}

Json figure_value(const Figure& figure) {
  const bool whole = figure.decimals == 0 && std::isfinite(figure.value);
  return whole ? Json(std::llround(figure.value)) : Json(figure.value);
}

Json figure_json(const Figure& figure) {
  const auto& ends = figure.interval;
  Json json{{"value", figure_value(figure)},
            {"low", ends ? Json(ends->low) : Json()},
            {"high", ends ? Json(ends->high) : Json()},
            {"count", figure.count},
            {"unit", figure.unit}};
  for (const auto& detail : figure.details)
    std::visit([&](const auto& value) { json[detail.name] = value; }, detail.value);
  return json;
}

}  // namespace

std::string figure_line(const Figure& figure, int64_t examples) {
  std::string interval;
  if (const auto& ends = figure.interval) {
    interval =
        fmt::format(" [{:.{}f}, {:.{}f}]", ends->low, figure.decimals, ends->high, figure.decimals);
  }
  std::string text = fmt::format("  {:<16} {:>12.{}f}{:<24} {}", figure.name, figure.value,
                                 figure.decimals, interval, figure.unit);
  if (!figure.meaning.empty()) text += (figure.unit.empty() ? "" : ", ") + figure.meaning;
  text.resize(text.find_last_not_of(' ') + 1);
  if (figure.count != examples) text += fmt::format(" (of {})", figure.count);
  return text + "\n";
}

std::string measures_text(const std::vector<MeasuredFigures>& measured, int64_t examples) {
  std::string text;
  for (const auto& each : measured) {
    if (!is_alone(each)) text += "  " + each.row->name + "\n";
    for (const auto& figure : each.figures)
      text += (is_alone(each) ? "" : "  ") + figure_line(figure, examples);
  }
  return text;
}

std::string left_out_text(const std::vector<std::pair<std::string, std::string>>& left_out) {
  std::string text;
  for (const auto& [name, reason] : left_out)
    text += "  " + name + ": left out: " + reason + "\n";
  return text;
}

void add_measures(Json& json, const std::vector<MeasuredFigures>& measured) {
  Json all = Json::object();
  for (const auto& each : measured) {
    const std::string& name = each.row->name;
    Json detail = Json::object(), values = Json::object();
    for (const auto& figure : each.figures) {
      detail[figure.name] = figure_json(figure);
      values[figure.name] = figure_value(figure);
    }
    all[name] = is_alone(each) ? detail.at(name) : detail;
    if (each.row->by_default) json[name] = is_alone(each) ? values.at(name) : values;
  }
  json["measures"] = std::move(all);
}

}  // namespace latent
