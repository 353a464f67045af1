#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "analysis/disentanglement.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "visual/chart.h"
#include "visual/heat_map.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kManyImages = 1000;  // fewer make the mutual information too large

// Returns the words between the commas; none if the flag is not given.
std::vector<std::string> comma_list(const Arguments& arguments, const std::string& flag) {
  std::vector<std::string> words;
  if (!arguments.has(flag)) return words;
  std::istringstream in(arguments.text(flag));
  for (std::string word; std::getline(in, word, ',');) {
    if (!word.empty()) words.push_back(word);
  }
  if (words.empty()) throw UsageError("--" + flag + ": got no name; expected NAME or NAME,NAME");
  return words;
}

// In the order of the table.
std::vector<const space::DisentanglementScore*> chosen_scores(const Arguments& arguments) {
  const auto names = comma_list(arguments, "score");
  const auto& table = space::disentanglement_scores();
  for (const auto& name : names)
    table.find<UsageError>(name, "--score");
  std::vector<const space::DisentanglementScore*> chosen;
  for (const auto& row : table.rows()) {
    if (names.empty() || std::find(names.begin(), names.end(), row.name) != names.end())
      chosen.push_back(&row);
  }
  return chosen;
}

std::string latent_name(int64_t latent) { return fmt::format("z{}", latent); }

std::vector<std::string> latent_names(const std::vector<int64_t>& latents) {
  std::vector<std::string> names;
  for (const int64_t latent : latents)
    names.push_back(latent_name(latent));
  return names;
}

// Draws factors by latents.
void draw_information(const std::filesystem::path& path, const std::string& split,
                      const Disentanglement& found, const visual::Look& look) {
  visual::HeatMap map{.title = fmt::format("What {} say about factors ({} split)",
                                           counted(int64_t(found.active.size()), "latent"), split),
                      .legend = "mutual information / entropy",
                      .rows = {},
                      .columns = latent_names(found.active),
                      .row_label = "",
                      .column_label = "latent",
                      .values = found.information.t()};
  for (const auto& factor : found.factors.factors)
    map.rows.push_back(factor.name);
  visual::write_heat_map(path, map, look);
}

Json factors_json(const Disentanglement& found, const OpenedRun& run) {
  Json factors = Json::array();
  const auto& notes = run.experiment.data.attribute_notes;
  for (const auto& [name, levels, binned] : found.factors.factors) {
    Json row{{"name", name}, {"values", levels}, {"binned", binned}};
    if (const auto note = notes.find(name); note != notes.end()) row["note"] = note->second;
    factors.push_back(row);
  }
  return factors;
}

Json anchored(const AnchoredFigure& figure) {
  return {{"value", figure.value}, {"floor", figure.floor}, {"ceiling", figure.ceiling}};
}

Json score_json(const ScoredDisentanglement& scored) {
  if (scored.figures.empty()) {
    return {
        {"value", nullptr}, {"floor", nullptr}, {"ceiling", nullptr}, {"why_not", scored.why_not}};
  }
  Json json = anchored(scored.figures.front());
  if (!scored.score->predictor.empty()) json["predictor"] = scored.score->predictor;
  if (scored.figures.size() > 1) {
    for (const auto& figure : scored.figures)
      json["parts"][figure.name] = anchored(figure);
  }
  return json;
}

Json information_json(const Disentanglement& found) {
  Json rows = Json::object();
  const Tensor shares = found.information.t().contiguous();
  const auto share = shares.accessor<double, 2>();
  for (size_t k = 0; k < found.factors.factors.size(); ++k) {
    Json& row = rows[found.factors.factors[k].name] = Json::object();
    for (size_t z = 0; z < found.active.size(); ++z)
      row[latent_name(found.active[z])] = share[int64_t(k)][int64_t(z)];
  }
  return rows;
}

Json result_json(const Disentanglement& found, const OpenedRun& run, const std::string& split) {
  Json json{{"run", run.directory.path().string()},
            {"split", split},
            {"images", found.images},
            {"unknown_images", found.factors.unknown},
            {"learned_images", found.learned},
            {"tested_images", found.tested},
            {"factors", factors_json(found, run)},
            {"constant", found.factors.constant},
            {"latents", found.active.size() + found.pruned.size()},
            {"pruned", found.pruned.size()},
            {"pruned_latents", found.pruned},
            {"fixed_factor_images", found.rendered ? "drawn" : "of the split"},
            {"scores", Json::object()},
            {"mutual_information", information_json(found)},
            {"written", Json::array()}};
  for (const auto& scored : found.scores)
    json["scores"][scored.score->name] = score_json(scored);
  return json;
}

std::string factor_text(const ChosenFactor& factor) {
  return fmt::format("{} ({})", factor.name,
                     counted(factor.levels, factor.binned ? "bin" : "value"));
}

std::string score_lines(const ScoredDisentanglement& scored) {
  if (!scored.why_not.empty())
    return fmt::format("  {:<22}{}\n", scored.score->name, scored.why_not);
  std::string text;
  for (const auto& figure : scored.figures) {
    const std::string name =
        scored.figures.size() == 1 ? scored.score->name : scored.score->name + "." + figure.name;
    text += fmt::format("  {:<24}{:>7.3f}{:>9.3f}{:>9.3f}\n", name, figure.value, figure.floor,
                        figure.ceiling);
  }
  return text;
}

std::string result_text(const Disentanglement& found, const OpenedRun& run,
                        const std::string& split) {
  const std::string noun = run.experiment.data.example_noun();
  std::string text = fmt::format(
      "{} of the {} split, {} of {}", counted(found.images, noun), split, found.active.size(),
      counted(int64_t(found.active.size() + found.pruned.size()), "latent"));
  if (!found.pruned.empty())
    text +=
        fmt::format(" ({} not active: {})", found.pruned.size(), join(latent_names(found.pruned)));
  text += "\n";
  if (found.factors.unknown > 0) {
    text +=
        fmt::format("left out, as a value is unknown: {}\n", counted(found.factors.unknown, noun));
  }
  std::vector<std::string> factors;
  for (const auto& factor : found.factors.factors)
    factors.push_back(factor_text(factor));
  text += fmt::format("factors: {}\n  {:<24}{:>7}{:>9}{:>9}\n", join(factors), "score", "value",
                      "floor", "ceiling");
  for (const auto& scored : found.scores)
    text += score_lines(scored);
  text += "floor: the same codes in random order; ceiling: the factors themselves as the code\n";
  for (const auto& factor : found.factors.factors) {
    const auto& notes = run.experiment.data.attribute_notes;
    if (const auto note = notes.find(factor.name); note != notes.end())
      text += fmt::format("{}: {}\n", factor.name, note->second);
  }
  return text;
}

}  // namespace

void declare_disentangle(cxxopts::Options& options) {
  declare_run(options);
  options.add_options()("score",
                        "scores to compute, separated by commas (default: all):" +
                            space::disentanglement_scores().summaries(),
                        cxxopts::value<std::string>(), "NAME,...");
  options.add_options()("attributes,attribute",
                        "attributes of the images to use as factors, separated by commas "
                        "(default: all); numbers of many values are sorted into 20 bins",
                        cxxopts::value<std::string>(), "NAME,...");
  options.add_options("input")("split", "split of the images: train, validation or test",
                               cxxopts::value<std::string>()->default_value("test"), "NAME");
  options.add_options()("count",
                        "maximum number of images, drawn at random; predictors are tested on up "
                        "to half as many others",
                        cxxopts::value<int64_t>()->default_value("10000"), "N");
  declare_out(
      options,
      "file of the heat map of factors and latents, .png, .jpg, .svg or .pdf (default: in the "
      "run)");
  declare_look(options, Draws::kCharts);
}

void run_disentangle(const Arguments& arguments) {
  const Split split = arguments.parsed("split", parse_split);
  const DisentanglementOptions options{
      .scores = chosen_scores(arguments),
      .attributes = comma_list(arguments, "attributes"),
      .split = split,
      .count = arguments.integer("count", kFewestFactorImages, 10'000'000),
      .seed = arguments.seed(),
      .quiet = arguments.quiet()};
  const OpenedRun run = open_run(arguments);
  const auto path =
      arguments.picture(run.directory.image("disentangle", to_string(split) + ".png"), true);
  const Disentanglement found = score_disentanglement(run, options);
  if (found.images < kManyImages) {
    log::warn("{}: so few make information look larger than it is; compare with the floor",
              counted(found.images, run.experiment.data.example_noun()));
  }
  Json json = result_json(found, run, to_string(split));
  std::string text = result_text(found, run, to_string(split));
  if (arguments.has("out") || visual::can_chart()) {
    draw_information(path, to_string(split), found, read_look(arguments, Draws::kPlots));
    json["written"].push_back(path.string());
    text += path.string() + "\n";
  } else {
    log::warn("gnuplot is not on the PATH; install gnuplot-nox for the heat map");
  }
  print_result(arguments, json, text);
}

}  // namespace latent
