#include "report/each_class_report.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>

#include "core/system/file.h"
#include "format/table.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;
using ClassFigure = statistics::RankingFigure Separation::*;

constexpr std::pair<const char*, ClassFigure> kClassFigures[] = {{"auroc", &Separation::auroc},
                                                                 {"aupr", &Separation::aupr}};

Json measured_json(const statistics::Measured& measured) {
  return {{"value", measured.value}, {"low", measured.low}, {"high", measured.high}};
}

// One figure of one score, of every class.
std::vector<statistics::RankingFigure> of_all(const std::vector<ClassResult>& results, size_t score,
                                              ClassFigure figure) {
  std::vector<statistics::RankingFigure> all;
  for (const auto& result : results)
    all.push_back(result.separations[score].*figure);
  return all;
}

Json class_json(const ClassResult& result) {
  Json json{{"class", result.name},
            {"run", result.run},
            {"training_examples", result.training_examples},
            {"epochs", result.epochs},
            {"seconds", result.seconds},
            {"scores", Json::object()}};
  for (const auto& separation : result.separations) {
    for (const auto& [name, figure] : kClassFigures)
      json["scores"][separation.score][name] =
          measured_json(statistics::mean_figure({separation.*figure}));
  }
  return json;
}

// "  0.9701  0.9954" for each of the scores.
std::string figures_text(const Json& scores) {
  std::string text;
  for (const auto& [name, score] : scores.items()) {
    for (const char* figure : {"auroc", "aupr"})
      text += fmt::format("{:>8.4f}", score[figure]["value"].get<double>());
  }
  return text + "\n";
}

std::string interval_text(const Json& figure) {
  return fmt::format("{:.4f} ({:.4f} to {:.4f})", figure["value"].get<double>(),
                     figure["low"].get<double>(), figure["high"].get<double>());
}

}  // namespace

void describe_classes(Json& json, const std::vector<ClassResult>& results) {
  json["classes"] = Json::array();
  for (const auto& result : results)
    json["classes"].push_back(class_json(result));
  const auto& scores = results.front().separations;
  for (size_t i = 0; i < scores.size(); ++i) {
    for (const auto& [name, figure] : kClassFigures) {
      const auto all = of_all(results, i, figure);
      json["mean"][scores[i].score][name] = measured_json(statistics::mean_figure(all));
      if (i == 0) continue;
      json["difference"][scores[i].score][name] =
          measured_json(statistics::mean_difference(of_all(results, 0, figure), all));
    }
  }
}

std::string class_table(const Json& json) {
  std::string head = fmt::format("  {:<16}{:>9}", "", ""), names;
  for (const auto& item : json["mean"].items()) {
    head += fmt::format("  {:<14}", item.key());
    names += fmt::format("{:>8}{:>8}", "AUROC", "AUPR");
  }
  std::string text = head + fmt::format("\n  {:<16}{:>9}{}\n", "normal", "training", names);
  for (const auto& row : json["classes"]) {
    text += fmt::format("  {:<16.16}{:>9}{}", row["class"].get<std::string>(),
                        row["training_examples"].get<int64_t>(), figures_text(row["scores"]));
  }
  text += fmt::format("  {:<16}{:>9}{}", "mean", "", figures_text(json["mean"]));
  text += "mean AUROC, with 95% intervals for other examples of the split:\n";
  for (const auto& [name, mean] : json["mean"].items())
    text += fmt::format("  {:<28}{}\n", name, interval_text(mean["auroc"]));
  for (const auto& [name, difference] : json["difference"].items()) {
    text += fmt::format("  {:<28}{}\n", json["score"].get<std::string>() + " - " + name,
                        interval_text(difference["auroc"]));
  }
  return text;
}

void write_class_table(const std::filesystem::path& path, const Json& json) {
  std::vector<std::string> names;
  std::vector<double> training;
  std::vector<Json> rows;
  for (const auto& row : json["classes"]) {
    names.push_back(row["class"].get<std::string>());
    training.push_back(row["training_examples"].get<double>());
    rows.push_back(row["scores"]);
  }
  names.emplace_back("mean");
  training.push_back(std::nan(""));
  rows.push_back(json["mean"]);
  std::vector<Column> columns{
      {.name = "class", .words = names, .numbers = {}},
      {.name = "training_examples", .words = {}, .numbers = at::tensor(training, at::kDouble)}};
  for (const auto& item : json["mean"].items()) {
    for (const char* figure : {"auroc", "aupr"}) {
      for (const char* part : {"value", "low", "high"}) {
        std::vector<double> numbers;
        for (const auto& row : rows)
          numbers.push_back(row[item.key()][figure][part].get<double>());
        const std::string suffix = std::string(part) == "value" ? "" : std::string("_") + part;
        columns.push_back({.name = item.key() + "_" + figure + suffix,
                           .words = {},
                           .numbers = at::tensor(numbers, at::kDouble)});
      }
    }
  }
  if (path.has_parent_path()) make_directories(path.parent_path());
  write_csv(path, columns);
}

}  // namespace latent
