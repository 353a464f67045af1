#include "report/comparison_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "core/text/suggest.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;
using Lines = std::vector<std::vector<std::string>>;

// Cells below each other, two spaces between the columns.
std::string aligned(const Lines& lines) {
  std::vector<size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const auto& line : lines) {
    std::string row;
    for (size_t i = 0; i < line.size(); ++i)
      row += fmt::format("  {:<{}}", line[i], widths[i]);
    row.resize(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

std::vector<std::string> letters(const std::vector<size_t>& places) {
  std::vector<std::string> all;
  for (const size_t place : places)
    all.push_back(run_letter(place));
  return all;
}

// The names of all figures, in the order in which the runs have them.
std::vector<std::string> figure_names(const RunComparison& comparison) {
  std::vector<std::string> names;
  for (const auto& run : comparison.runs) {
    for (const auto& figure : run.figures) {
      if (std::find(names.begin(), names.end(), figure.name) == names.end())
        names.push_back(figure.name);
    }
  }
  return names;
}

std::string value_text(const Figure* figure) {
  if (figure == nullptr) return "-";
  std::string text = fmt::format("{:.{}f}", figure->value, figure->decimals);
  if (const auto& ends = figure->interval)
    text += fmt::format(" [{:.{}f}, {:.{}f}]", ends->low, figure->decimals, ends->high,
                        figure->decimals);
  return text;
}

std::string compared_figures_text(const RunComparison& comparison) {
  Lines lines{{"figure"}};
  for (size_t i = 0; i < comparison.runs.size(); ++i)
    lines[0].push_back(run_letter(i));
  for (const auto& name : figure_names(comparison)) {
    lines.push_back({name});
    std::string unit;
    for (const auto& run : comparison.runs) {
      const Figure* figure = run.find(name);
      lines.back().push_back(value_text(figure));
      if (figure != nullptr) unit = figure->unit;
    }
    lines.back().push_back(unit);
  }
  return aligned(lines);
}

std::string differences_text(const RunComparison& comparison) {
  if (comparison.differences.empty()) return "the configs are the same\n";
  Lines lines{{"the configs differ in"}};
  for (size_t i = 0; i < comparison.runs.size(); ++i)
    lines[0].push_back(run_letter(i));
  for (const auto& difference : comparison.differences) {
    lines.push_back({difference.key});
    for (const auto& value : difference.values)
      lines.back().push_back(value.empty() ? "-" : value);
  }
  return aligned(lines);
}

std::string p_text(double p) { return p < 0.001 ? "p < 0.001" : fmt::format("p = {:.3f}", p); }

std::string tested_text(const statistics::Tested& tested) {
  return fmt::format("[{:+.4g}, {:+.4g}]", tested.low, tested.high);
}

// The lines of the tests of one group against the first.
std::string group_text(const std::vector<const ComparedFigure*>& tests) {
  const bool seeds = tests.front()->difference.seeds.has_value();
  Lines lines{{"figure", "difference", "these models, other images"}};
  if (seeds) lines[0].push_back("other seeds and images");
  for (const ComparedFigure* each : tests) {
    const auto& [value, images, all] = each->difference;
    lines.push_back(
        {each->name, fmt::format("{:+.4g}{}", value, each->unit.empty() ? "" : " " + each->unit)});
    lines.back().push_back(images ? tested_text(*images) + " " + p_text(images->p) : "");
    if (seeds) lines.back().push_back(all ? tested_text(*all) + " " + p_text(each->p) : "");
    lines.back().push_back(to_string(each->verdict));
  }
  return aligned(lines);
}

// What the tests cannot say, and how to find out.
std::string advice(const std::vector<ComparedFigure>& tests) {
  const auto any = [&](Verdict verdict) {
    return std::any_of(tests.begin(), tests.end(),
                       [&](const ComparedFigure& each) { return each.verdict == verdict; });
  };
  if (any(Verdict::kSameConfig)) {
    return "The runs are trainings of one config: their differences are what the seed does, and "
           "say "
           "nothing about settings.\n";
  }
  if (any(Verdict::kUnknown)) {
    return "One training of each config cannot tell what the settings do from what the seed does; "
           "train each with\nthree seeds or more (latent sweep --seeds 3) and compare all runs.\n";
  }
  return tests.empty() ? ""
                       : "Probabilities with seeds are adjusted for the number of tests (Holm).\n";
}

std::string tests_text(const RunComparison& comparison) {
  std::string text;
  std::vector<const ComparedFigure*> group;
  for (size_t i = 0; i < comparison.tests.size(); ++i) {
    const ComparedFigure& each = comparison.tests[i];
    group.push_back(&each);
    const bool last =
        i + 1 == comparison.tests.size() || comparison.tests[i + 1].second != each.second;
    if (!last) continue;
    text += join(letters(each.second)) + " minus " + join(letters(each.first)) + "\n" +
            group_text(group);
    group.clear();
  }
  return text + advice(comparison.tests);
}

Json tested_json(const std::optional<statistics::Tested>& tested) {
  if (!tested) return nullptr;
  return {{"low", tested->low}, {"high", tested->high}, {"p", tested->p}};
}

}  // namespace

std::string run_letter(size_t place) {
  std::string letter(1, static_cast<char>('A' + place % 26));
  return place < 26 ? letter : run_letter(place / 26 - 1) + letter;
}

std::string comparison_text(const RunComparison& comparison, const std::string& split) {
  std::string text = fmt::format("{} of the {} split; [95% interval]\n",
                                 counted(comparison.images, comparison.noun), split);
  for (size_t i = 0; i < comparison.runs.size(); ++i) {
    const ComparedRun& run = comparison.runs[i];
    text += fmt::format("  {}  {} ({})\n", run_letter(i), run.path, run.checkpoint);
  }
  return text + differences_text(comparison) + compared_figures_text(comparison) +
         tests_text(comparison);
}

Json describe_comparison(const RunComparison& comparison, const std::string& split) {
  Json json{{"split", split},
            {"images", comparison.images},
            {"runs", Json::array()},
            {"differences", Json::object()},
            {"figures", Json::object()},
            {"tests", Json::array()}};
  for (const auto& run : comparison.runs)
    json["runs"].push_back(
        {{"run", run.path}, {"checkpoint", run.checkpoint}, {"group", run.group}});
  for (const auto& difference : comparison.differences)
    json["differences"][difference.key] = difference.values;
  for (const auto& name : figure_names(comparison)) {
    Json values = Json::array();
    for (const auto& run : comparison.runs) {
      const Figure* figure = run.find(name);
      Json value{{"value", nullptr}, {"low", nullptr}, {"high", nullptr}};
      if (figure != nullptr) value["value"] = figure->value;
      if (figure != nullptr && figure->interval) {
        value["low"] = figure->interval->low;
        value["high"] = figure->interval->high;
      }
      values.push_back(std::move(value));
    }
    json["figures"][name] = values;
  }
  for (const auto& each : comparison.tests) {
    json["tests"].push_back({{"figure", each.name},
                             {"unit", each.unit},
                             {"first", each.first},
                             {"second", each.second},
                             {"difference", each.difference.value},
                             {"images", tested_json(each.difference.images)},
                             {"seeds", tested_json(each.difference.seeds)},
                             {"p_adjusted", std::isnan(each.p) ? Json() : Json(each.p)},
                             {"verdict", to_string(each.verdict)}});
  }
  return json;
}

}  // namespace latent
