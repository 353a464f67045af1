#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "analysis/measure_context.h"
#include "command/flags/arguments.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/report/config_entries.h"
#include "command/report/evaluation_report.h"
#include "core/progress.h"
#include "core/stopwatch.h"
#include "core/text/suggest.h"
#include "session/opened_run.h"
#include "train/evaluation.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

// The measures by name and summary, those by default marked.
std::string listed_measures() {
  std::string text;
  for (const auto& row : measures().rows())
    text += "\n" + row.name + (row.by_default ? "*: " : ": ") + row.summary;
  return text;
}

// The name of the flag for a key of a measure: "nll-samples" for "nll_samples".
std::string flag_for(const ConfigEntry& key) {
  std::string flag = key.path;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

// The keys of the measures, each once, though two may read it.
std::vector<ConfigEntry> measure_keys(const std::vector<const MeasureRow*>& rows) {
  return keys_of([&](Section& section) {
    for (const auto* row : rows)
      row->configure(section);
  });
}

// The measures of --measure. Asks only for the flags of their own keys, so that others are reported
// as unused.
MeasureChoice chosen_measures(const Arguments& arguments) {
  const std::string names = arguments.has("measure") ? arguments.text("measure") : "";
  if (arguments.has("measure") && names.empty())
    throw UsageError("--measure: expected names of measures, or all");
  MeasureChoice choice = choose_measures(names);
  std::vector<std::string> options;
  for (const auto& key : measure_keys(choice.rows)) {
    const std::string flag = flag_for(key);
    if (arguments.has(flag)) options.push_back(key.path + "=" + arguments.text(flag));
  }
  read_options(choice, options);
  return choice;
}

// The figures of the evaluation itself, in nats per example.
std::vector<Figure> loss_figures(const OpenedRun& run, const Evaluation& result) {
  const std::string nats = "nats per " + run.experiment.data.example_noun();
  const double constant = run.objective->likelihood().omitted_constant();
  const std::string without =
      constant > 0 ? fmt::format("without the constant {:.3f} per value", constant) : "";
  const bool sampled = run.model->bottleneck().has_posterior();
  std::vector<Figure> all;
  const auto add = [&](const std::string& name, double value, std::vector<std::string> meaning) {
    std::erase(meaning, "");
    all.push_back({.name = name,
                   .value = value,
                   .unit = nats,
                   .meaning = join(meaning),
                   .count = result.images});
  };
  const std::string latents = sampled ? "sampled latents" : "";
  add("loss", result.loss, {"as in training", latents, without});
  for (const auto& [name, value] : result.terms)
    add(name, value, name == "nll" ? std::vector{latents, without} : std::vector<std::string>{});
  add("nll_mean", result.nll_mean, {"from the latents' mean", without});
  return all;
}

Json describe_evaluation(const OpenedRun& run, const Evaluation& result, const std::string& split) {
  Json json{{"run", run.directory.path().string()},
            {"checkpoint", run.checkpoint},
            {"step", run.step},
            {"split", split},
            {"images", result.images}};
  for (const auto& figure : loss_figures(run, result))
    json[figure.name] = figure.value;
  json["left_out_constant_per_value"] = run.objective->likelihood().omitted_constant();
  if (result.kl.defined()) {
    json["kl_per_latent"] = std::vector<double>(result.kl.data_ptr<double>(),
                                                result.kl.data_ptr<double>() + result.kl.numel());
  }
  return json;
}

std::string evaluation_header(const OpenedRun& run, const Evaluation& result,
                              const std::string& split) {
  std::string text = fmt::format("{} of the {} split, checkpoint {} (step {}); [95% interval]\n",
                                 counted(result.images, run.experiment.data.example_noun()), split,
                                 run.checkpoint, run.step);
  if (run.corruption.noisy())
    text += "  (with noise on the encoder's input, as in training; the target is clean)\n";
  for (const auto& figure : loss_figures(run, result))
    text += figure_line(figure, result.images);
  return text;
}

std::string kl_text(const Json& json) {
  if (!json.contains("kl_per_latent")) return "";
  std::string text = "  KL per latent, nats:";
  for (const auto& value : json["kl_per_latent"])
    text += fmt::format(" {:.3f}", value.get<double>());
  return text + "\n";
}

std::string lines_of(const std::vector<std::string>& written) {
  return written.empty() ? "" : join(written, "\n") + "\n";
}

constexpr int64_t kRankedColumns = 5;

visual::Look evaluate_look(const Arguments& arguments, const OpenedRun& run) {
  return visual::with_columns(read_look_for(arguments, run.experiment.data.is_table()),
                              kRankedColumns);
}

// Draws images that measures chose beside their reconstructions, and returns the files.
std::vector<std::string> write_ranked(const OpenedRun& run, const Examples& examples,
                                      const std::string& split,
                                      const std::vector<RankedImages>& ranked,
                                      const visual::Look& look) {
  std::vector<std::string> written;
  for (const auto& chosen : ranked) {
    const ExampleBatch batch = batch_of(examples, at::tensor(chosen.images, at::kLong));
    const Latent latent = run.encode(batch);
    const auto path = run.directory.image(
        "evaluate", fmt::format("{}-{}-{}.png", split, chosen.name, chosen.figure));
    run.experiment.gallery->write_pairs(path, batch.images,
                                        run.pictures(latent.z, latent.condition), look);
    written.push_back(path.string());
  }
  return written;
}

}  // namespace

void declare_evaluate(cxxopts::Options& options) {
  declare_run(options);
  declare_look(options, Draws::kBoth);
  options.add_options()("split", "split to evaluate: train, validation or test",
                        cxxopts::value<std::string>()->default_value("test"), "NAME");
  options.add_options()(
      "measure", "measures to compute, or all (default: those marked *):" + listed_measures(),
      cxxopts::value<std::string>(), "NAME,...");
  for (const auto& key : measure_keys(choose_measures("all").rows)) {
    options.add_options()(
        flag_for(key),
        fmt::format("{} ({}{}, default {})", key.meaning, key.type,
                    key.range.empty() ? "" : " " + key.range, key.default_value.dump()),
        cxxopts::value<std::string>(), "VALUE");
  }
}

void run_evaluate(const Arguments& arguments) {
  const Split split = arguments.parsed("split", parse_split);
  const MeasureChoice choice = chosen_measures(arguments);
  const OpenedRun run = open_run(arguments);
  run.objective->schedule(std::numeric_limits<double>::infinity());
  const Examples examples = run.load(split);
  check_values(examples, run.objective->likelihood());
  const MadeMeasures made(
      choice, measure_context(run, examples, arguments.seed(), arguments.quiet(), split));
  ProgressBar bar(arguments.quiet());
  const Stopwatch watch;
  const Evaluation result = evaluate(*run.model, *run.objective, examples,
                                     {.seed = arguments.seed(),
                                      .measures = made.each(),
                                      .device = run.device,
                                      .progress =
                                          [&](int64_t done, int64_t total) {
                                            if (bar.due(done, total))
                                              bar.show("evaluating", done, total, watch.seconds());
                                          },
                                      .corruption = run.corruption,
                                      .condition = run.condition});
  bar.clear();
  const auto measured = made.figures();
  Json json = describe_evaluation(run, result, to_string(split));
  add_measures(json, measured);
  for (const auto& [name, reason] : made.left_out())
    json["left_out"][name] = reason;
  const auto written =
      write_ranked(run, examples, to_string(split), made.ranked(), evaluate_look(arguments, run));
  if (!written.empty()) json["written"] = written;
  print_result(arguments, json,
               evaluation_header(run, result, to_string(split)) +
                   measures_text(measured, result.images) + left_out_text(made.left_out()) +
                   kl_text(json) + lines_of(written));
}

}  // namespace latent
