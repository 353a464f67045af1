#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "analysis/run_evaluation.h"
#include "command/flags/arguments.h"
#include "command/flags/look.h"
#include "command/flags/measure_flags.h"
#include "command/flags/open_run.h"
#include "core/text/suggest.h"
#include "report/evaluation_report.h"
#include "session/opened_run.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

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
  options.add_options("input")("split", "split to evaluate: train, validation or test",
                               cxxopts::value<std::string>()->default_value("test"), "NAME");
  declare_measures(options);
}

void run_evaluate(const Arguments& arguments) {
  const Split split = arguments.parsed("split", parse_split);
  const MeasureChoice choice = chosen_measures(arguments);
  const OpenedRun run = open_run(arguments);
  const Examples examples = run.load(split);
  const RunEvaluation found =
      evaluate_run(run, examples, split, choice, arguments.seed(), arguments.quiet());
  const Evaluation& result = found.losses;
  Json json = describe_evaluation(run, result, to_string(split));
  add_measures(json, found.measured);
  for (const auto& [name, reason] : found.left_out)
    json["left_out"][name] = reason;
  const auto written =
      write_ranked(run, examples, to_string(split), found.ranked, evaluate_look(arguments, run));
  if (!written.empty()) json["written"] = written;
  print_result(arguments, json,
               evaluation_header(run, result, to_string(split)) +
                   measures_text(found.measured, result.images) + left_out_text(found.left_out) +
                   kl_text(json) + lines_of(written));
}

}  // namespace latent
