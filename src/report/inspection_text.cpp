#include "report/inspection_text.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/text/suggest.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxListed = 10;  // findings of each kind; --json lists all
constexpr size_t kMaxSizes = 5;

const Examples& examples_of(const Report& report, Split split) {
  return std::find_if(report.splits->begin(), report.splits->end(),
                      [&](const NamedSplit& named) { return named.first == split; })
      ->second;
}

std::string image_name(const Report& report, Split split, int64_t image) {
  return to_string(split) + " " + examples_of(report, split).name(image);
}

ImageShape shape_of(const Report& report) { return report.splits->front().second.shape(); }

// Returns what an example of the set is: a table's are rows, all others images.
std::string noun(const Report& report) {
  const ImageShape shape = shape_of(report);
  return shape.channels == 1 && shape.height == 1 ? "row" : "image";
}

// "images of 1x28x28" or "rows of 5 numbers"
std::string kind_text(const Report& report) {
  const ImageShape shape = shape_of(report);
  return noun(report) == "row" ? "rows of " + counted(shape.width, "number")
                               : "images of " + shape.text();
}

// "a 3, b 2", the most frequent first.
std::string ranked(std::vector<std::pair<std::string, int64_t>> counts, size_t most) {
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (size_t i = 0; i < std::min(most, counts.size()); ++i)
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", counts[i].first, counts[i].second);
  if (counts.size() > most) text += fmt::format(" and {} more", counts.size() - most);
  return text;
}

std::vector<std::pair<std::string, int64_t>> size_counts(const ImageSurvey& survey) {
  std::vector<std::pair<std::string, int64_t>> counts;
  for (const auto& [size, count] : survey.sizes)
    counts.emplace_back(fmt::format("{}x{}", size.first, size.second), count);
  return counts;
}

std::string attributes_text(const SplitInspection& split) {
  std::string text;
  for (const auto& attribute : split.attributes) {
    std::string values = ranked(attribute.classes, 20);
    if (attribute.classes.empty() && std::isfinite(attribute.mean)) {
      values = fmt::format("{:.4g} to {:.4g}, mean {:.4g}", attribute.low, attribute.high,
                           attribute.mean);
    }
    if (attribute.unknown > 0)
      values += fmt::format("{}unknown {}", values.empty() ? "" : ", ", attribute.unknown);
    text += fmt::format("    {:<20} {}\n", attribute.name, values);
  }
  return text;
}

std::string split_text(const SplitInspection& split, const std::string& noun) {
  std::string text = fmt::format("  {:<11} {:>8} {:<6}  mean", to_string(split.split), split.images,
                                 noun + (split.images == 1 ? "" : "s"));
  for (const double mean : split.mean)
    text += fmt::format(" {:.3f}", mean);
  text += "  deviation";
  for (const double deviation : split.deviation)
    text += fmt::format(" {:.3f}", deviation);
  if (std::isfinite(split.bce_floor))
    text += fmt::format("  lowest BCE of any model {:.2f} nats", split.bce_floor);
  return text + "\n";
}

std::string repeats_text(const Report& report) {
  const auto& repeats = report.inspection.repeats;
  const std::string what = noun(report), values = what == "row" ? "numbers" : "pixels";
  if (repeats.empty()) return fmt::format("  no two {}s have the same {}\n", what, values);
  std::string text = fmt::format(
      "  {} {} the {} of another, {} of them across splits{}\n",
      counted(static_cast<int64_t>(repeats.size()), what),
      repeats.size() == 1 ? "repeats" : "repeat", values, report.inspection.leaks(),
      report.inspection.leaks() > 0 ? ": metrics on those splits are too optimistic" : "");
  for (const bool leak : {true, false}) {
    size_t listed = 0;
    for (const auto& pair : repeats) {
      if (pair.leak() != leak || ++listed > kMaxListed) continue;
      text += fmt::format("    {} = {}\n", image_name(report, pair.split, pair.image),
                          image_name(report, pair.earlier_split, pair.earlier_image));
    }
    if (listed > kMaxListed)
      text += fmt::format("    and {} more (--json lists all)\n", listed - kMaxListed);
  }
  return text;
}

std::string left_out_line(const Report& report) {
  const std::string text = left_out_text(report.left_out);
  return text.empty() ? "" : "  " + text + "\n";
}

std::string kept_text(const Report& report) {
  std::string text;
  for (const auto& [split, count] : report.kept)
    text += fmt::format("  data.keep leaves {} of the {} split\n", counted(count, noun(report)),
                        to_string(split));
  return text;
}

std::string warnings_text(const Report& report) {
  std::string text;
  for (const auto& warning : report.warnings)
    text += "  warning: " + warning + "\n";
  return text;
}

std::string unreadable_text(const Report& report) {
  if (report.unreadable.empty()) return "";
  std::string text = fmt::format("  {} {} cannot be read:\n", report.unreadable.size(),
                                 report.unreadable.size() == 1 ? "image" : "images");
  for (size_t i = 0; i < std::min(kMaxListed, report.unreadable.size()); ++i)
    text += "    " + report.unreadable[i] + "\n";
  if (report.unreadable.size() > kMaxListed)
    text +=
        fmt::format("    and {} more (--json lists all)\n", report.unreadable.size() - kMaxListed);
  return text +
         "    (training skips them with data.on_error: skip, as in a config that this writes)\n";
}

Json left_out_json(const Report& report) {
  Json all = Json::array();
  for (const auto& each : report.left_out)
    all.push_back({{"what", each.what}, {"files", each.files}, {"remedy", each.remedy}});
  return all;
}

Json attribute_json(const AttributeBalance& attribute) {
  if (attribute.classes.empty()) {
    Json numbers{{"low", attribute.low}, {"mean", attribute.mean}, {"high", attribute.high}};
    if (attribute.known == 0) numbers = Json::object();
    if (attribute.unknown > 0) numbers["unknown"] = attribute.unknown;
    return numbers;
  }
  Json classes = Json::object();
  for (const auto& [word, count] : attribute.classes)
    classes[word] = count;
  return classes;
}

Json split_json(const SplitInspection& split) {
  Json json{{"images", split.images}, {"mean", split.mean}, {"deviation", split.deviation}};
  json["bce_floor"] = std::isfinite(split.bce_floor) ? Json(split.bce_floor) : Json(nullptr);
  json["attributes"] = Json::object();
  for (const auto& attribute : split.attributes)
    json["attributes"][attribute.name] = attribute_json(attribute);
  json["unknown"] = Json::object();  // images without a value
  for (const auto& attribute : split.attributes)
    json["unknown"][attribute.name] = attribute.unknown;
  return json;
}

}  // namespace

std::string report_text(const Report& report) {
  std::string text = fmt::format("{}: {}\n", report.name, kind_text(report));
  if (!report.survey.sizes.empty()) {
    text += fmt::format("  files: {}; height x width: {}\n",
                        ranked({report.survey.formats.begin(), report.survey.formats.end()}, 5),
                        ranked(size_counts(report.survey), kMaxSizes));
  }
  for (const auto& split : report.inspection.splits) {
    text += split_text(split, noun(report));
    // Those of the training split stand below its line.
    if (&split == &report.inspection.splits.front()) text += attributes_text(split);
  }
  text +=
      kept_text(report) + repeats_text(report) + left_out_line(report) + unreadable_text(report);
  text += warnings_text(report);
  for (const auto& path : report.written)
    text += path + "\n";
  return text;
}

Json report_json(const Report& report) {
  Json splits = Json::object();
  for (const auto& split : report.inspection.splits)
    splits[to_string(split.split)] = split_json(split);
  Json repeats = Json::array();
  for (const auto& pair : report.inspection.repeats) {
    repeats.push_back({{"image", image_name(report, pair.split, pair.image)},
                       {"same_as", image_name(report, pair.earlier_split, pair.earlier_image)},
                       {"leak", pair.leak()}});
  }
  Json sizes = Json::object();
  for (const auto& [size, count] : size_counts(report.survey))
    sizes[size] = count;
  Json kept = Json::object();
  for (const auto& [split, count] : report.kept)
    kept[to_string(split)] = count;
  return {{"checked", report.name},
          {"shape", shape_of(report).text()},
          {"splits", splits},
          {"formats", report.survey.formats},
          {"sizes", sizes},
          {"repeats", repeats},
          {"leaks", report.inspection.leaks()},
          {"left_out", left_out_json(report)},
          {"kept", kept},
          {"warnings", report.warnings},
          {"unreadable", report.unreadable},
          {"written", report.written}};
}

}  // namespace latent
