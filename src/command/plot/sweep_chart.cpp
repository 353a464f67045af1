#include "command/plot/sweep_chart.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "core/text/suggest.h"

namespace latent {
namespace {

constexpr double kWide = 7.9;  // the largest over the smallest from which an axis is logarithmic

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const auto [after, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = code == std::errc{} && after == text.data() + text.size();
  return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

// "latent_dim=2, weight=4" of a row's other keys; "" if there are none.
std::string others_of(const SweepTable& table, const SweepTable::Row& row, size_t key) {
  std::vector<std::string> words;
  for (size_t i = 0; i < table.keys.size(); ++i) {
    if (i != key)
      words.push_back(table.keys[i].substr(table.keys[i].rfind('.') + 1) + "=" + row.values[i]);
  }
  return join(words);
}

// The x of each value of the key, and the axis.
std::map<std::string, double> places_of(const std::vector<std::string>& values,
                                        visual::ChartAxis& axis) {
  std::map<std::string, double> places;
  bool numbers = true;
  double low = INFINITY, high = -INFINITY;
  for (const auto& value : values) {
    const auto number = number_in(value);
    numbers = numbers && number;
    if (!numbers) break;
    places[value] = *number;
    low = std::min(low, *number);
    high = std::max(high, *number);
  }
  axis.logarithmic = numbers && low > 0 && high / low > kWide;
  if (numbers) return places;
  places.clear();
  for (const auto& value : values) {
    if (places.emplace(value, static_cast<double>(axis.names.size())).second)
      axis.names.push_back(value);
  }
  return places;
}

}  // namespace

SweepChart sweep_chart(const SweepTable& table, const std::string& figure, const std::string& key) {
  const auto column = static_cast<size_t>(std::find(table.keys.begin(), table.keys.end(), key) -
                                          table.keys.begin());
  std::vector<std::string> values;
  for (const auto& row : table.rows)
    values.push_back(row.values[column]);
  SweepChart chart;
  const auto places = places_of(values, chart.axis);
  std::map<std::string, size_t> lines;
  for (const auto& row : table.rows) {
    const auto found = row.figures.find(figure);
    if (found == row.figures.end()) continue;
    const std::string name = others_of(table, row, column);
    const auto [line, first] = lines.emplace(name, chart.series.size());
    if (first) chart.series.push_back({.name = name, .x = {}, .y = {}});
    visual::Series& series = chart.series[line->second];
    series.x.push_back(places.at(row.values[column]));
    series.y.push_back(found->second.mean);
    series.low.push_back(found->second.low);
    series.high.push_back(found->second.high);
  }
  return chart;
}

}  // namespace latent
