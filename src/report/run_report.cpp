#include "report/run_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "analysis/run_evaluation.h"
#include "core/device/device.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/text/suggest.h"
#include "report/headlines.h"
#include "report/page_parts.h"
#include "report/run_pictures.h"
#include "run/metrics.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// The run as it was measured, for all parts of the page.
struct ReportedRun {
  OpenedRun run;
  Examples examples;  // of the test split
  RunEvaluation evaluation;
  Tensor errors;  // [N] mean squared error of each example
  HeadlineFacts facts;
};

const Figure* figure_of(const RunEvaluation& evaluation, const std::string& name) {
  for (const auto& measured : evaluation.measured) {
    for (const auto& figure : measured.figures) {
      if (figure.name == name) return &figure;
    }
  }
  return nullptr;
}

std::optional<double> value_of(const RunEvaluation& evaluation, const std::string& name) {
  const Figure* figure = figure_of(evaluation, name);
  return figure == nullptr ? std::nullopt : std::optional(figure->value);
}

// The losses of training and validation at the epoch with the least validation loss.
std::optional<std::pair<double, double>> losses_of(const RunDirectory& directory) {
  try {
    const MetricsTable table = read_metrics(directory.metrics());
    const auto training = table.column("train_loss"), validation = table.column("val_loss");
    const auto best = std::min_element(validation.begin(), validation.end());
    if (best == validation.end()) return std::nullopt;
    return std::pair(training[static_cast<size_t>(best - validation.begin())], *best);
  } catch (const Error&) {
    return std::nullopt;  // the doctor's findings say what is wrong with the file
  }
}

HeadlineFacts headline_facts(const OpenedRun& run, const Examples& examples,
                             const RunEvaluation& evaluation) {
  log::info("report: what PCA and the mean {} reach", run.experiment.data.example_noun());
  HeadlineFacts facts{.noun = run.experiment.data.example_noun()};
  facts.mse = value_of(evaluation, "mse");
  facts.psnr = value_of(evaluation, "psnr");
  facts.ssim = value_of(evaluation, "ssim");
  const auto& losses = evaluation.losses;
  if (run.objective->likelihood().is_binary()) facts.cross_entropy = losses.nll_mean;
  if (losses.kl.defined()) facts.kl = losses.kl.sum().item<double>();
  facts.latents = run.model->latent_dim();
  facts.values = run.model->output_shape().values();
  if (const Figure* active = figure_of(evaluation, "active_units");
      active != nullptr && run.model->bottleneck().codebook() == nullptr)
    facts.active = std::llround(active->value);
  facts.losses = losses_of(run.directory);
  facts.validated_on_test = run.data.validation == fingerprint(examples.pixels);
  facts.yardsticks = yardsticks(run, examples);
  return facts;
}

ReportedRun measured(const ReportRequest& request) {
  OpenedRun run = OpenedRun::open(request.run, "best", parse_device(request.device, "--device"));
  Examples examples = run.load(Split::kTest);
  RunEvaluation evaluation =
      evaluate_run(run, examples, Split::kTest, choose_measures(""), 0, request.quiet);
  const Figure* mse = figure_of(evaluation, "mse");
  Tensor errors = mse == nullptr ? Tensor() : mse->each;
  HeadlineFacts facts = headline_facts(run, examples, evaluation);
  return {std::move(run), std::move(examples), std::move(evaluation), std::move(errors),
          std::move(facts)};
}

std::string text_at(const Json& json, const char* pointer) {
  const auto place = Json::json_pointer(pointer);
  if (!json.contains(place)) return "";
  const Json& value = json.at(place);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::vector<std::string> penalties(const Json& config) {
  std::vector<std::string> names;
  const Json objective = config.value("objective", Json::object());
  for (const auto& [name, value] : objective.items()) {
    if (name == "likelihood" || name == "bound" || value.is_null()) continue;
    const bool weighted = value.is_object() && value.contains("weight");
    names.push_back(weighted ? name + " (weight " + value["weight"].dump() + ")" : name);
  }
  return names;
}

// What kind of model it is, in a sentence.
std::string description(const ReportedRun& reported) {
  const OpenedRun& run = reported.run;
  const Json& config = run.config.resolved();
  const std::string noun = run.experiment.data.example_noun();
  const bool variational = run.model->bottleneck().has_posterior();
  return fmt::format("A{} autoencoder with {}, trained on {} ({} of {}).",
                     variational              ? " variational"
                     : run.corruption.noisy() ? " denoising"
                                              : "n",
                     counted(run.model->latent_dim(), "latent"), text_at(config, "/data/name"),
                     counted(run.data.training.count, noun), run.model->output_shape().text());
}

// Whether it is any good: each figure beside what simple methods reach.
void add_headlines(HtmlPage& page, const ReportedRun& reported) {
  const HeadlineFacts& facts = reported.facts;
  page.section("Is it good?");
  std::string text = fmt::format("Measured on {} that it was not trained on",
                                 counted(reported.evaluation.losses.images, "test " + facts.noun));
  const std::string explained = explained_text(facts);
  text += (explained.empty() ? "." : ": " + explained + ".");
  page.paragraph(text);
  page.table(headline_columns(facts), headlines(facts));
}

void add_facts(HtmlPage& page, const ReportedRun& reported) {
  page.section("The run");
  const OpenedRun& run = reported.run;
  const Json& config = run.config.resolved();
  const Json build = run.directory.build();
  int64_t parameters = 0;
  for (const auto& tensor : run.model->parameters())
    parameters += tensor.numel();
  const auto& planned = text_at(config, "/train/epochs");
  std::string training = fmt::format("{} of {} epochs, best checkpoint at step {}",
                                     recorded_epochs(run.directory.metrics()), planned, run.step);
  page.table({}, {{"data", text_at(config, "/data/name") + ", " +
                               counted(run.data.training.count, "training example")},
                  {"encoder", text_at(config, "/model/encoder/name")},
                  {"bottleneck", text_at(config, "/model/bottleneck/name") + " of " +
                                     counted(run.model->latent_dim(), "latent")},
                  {"parameters", fmt::format("{}", parameters)},
                  {"likelihood", text_at(config, "/objective/likelihood/name")},
                  {"penalties", penalties(config).empty() ? "none" : join(penalties(config))},
                  {"trained", training},
                  {"seed", text_at(config, "/train/seed")},
                  {"made by",
                   "latent " + text_at(build, "/latent") + " on " + text_at(build, "/device")}});
  page.command({"latent", "train", run.directory.config().string(), "--run", "NEW-FOLDER"});
}

void add_figures(HtmlPage& page, const ReportedRun& reported) {
  page.section("Figures");
  page.paragraph(
      "On the whole test split. The interval covers the choice of images, not that of the training "
      "seed.");
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const Figure& figure) {
    const auto& ends = figure.interval;
    rows.push_back({figure.name, fmt::format("{:.{}f}", figure.value, figure.decimals),
                    ends ? fmt::format("{:.{}f} to {:.{}f}", ends->low, figure.decimals, ends->high,
                                       figure.decimals)
                         : "",
                    figure.unit, figure.meaning});
  };
  for (const auto& figure : loss_figures(reported.run, reported.evaluation.losses))
    add(figure);
  for (const auto& by : reported.evaluation.measured) {
    for (Figure figure : by.figures) {
      if (figure.name != by.row->name) figure.name = by.row->name + "." + figure.name;
      add(figure);
    }
  }
  page.table({"figure", "value", "95% interval", "unit", "meaning"}, rows);
  page.command({"latent", "evaluate", "--run", reported.run.directory.path().string()});
}

void add_findings(HtmlPage& page, const PartMaker& maker, const std::string& run) {
  log::info("report: the doctor's findings");
  page.section("Is the run complete?");
  const CommandOutput output = run_command(maker, {"doctor", "--run", run, "--json"});
  const Json json = Json::parse(output.text, nullptr, false);
  if (json.is_object() && json.contains("findings") && json["findings"].is_array()) {
    for (const auto& finding : json["findings"]) {
      const std::string kind = text_at(finding, "/kind"), remedy = text_at(finding, "/remedy");
      page.note(kind, fmt::format("{}: {}: {}{}{}", kind == "good" ? "ok" : kind,
                                  text_at(finding, "/where"), text_at(finding, "/what"),
                                  remedy.empty() ? "" : "; ", remedy));
    }
  } else {
    page.note("warning", "not examined: " + output.error);
  }
  page.command({"latent", "doctor", "--run", run});
}

}  // namespace

void write_run_report(const ReportRequest& request) {
  const ReportedRun reported = measured(request);
  const RunDirectory& directory = reported.run.directory;
  const PartMaker maker{directory.image("report", ""),
                        {"--device", request.device, "--threads", request.threads, "--quiet"}};
  const fs::path whole = fs::absolute(directory.path()).lexically_normal();
  HtmlPage page("Run " + (whole.has_filename() ? whole : whole.parent_path()).filename().string());
  page.paragraph(description(reported));
  if (const std::string text = verdict(reported.facts); !text.empty()) page.paragraph(text);
  const RunPictures pictures = run_pictures(reported.run, reported.errors);
  for (const auto& part : pictures.first)
    add_picture(page, maker, part);
  add_headlines(page, reported);
  add_findings(page, maker, directory.path().string());
  for (const auto& part : pictures.others)
    add_picture(page, maker, part);
  add_facts(page, reported);
  add_figures(page, reported);
  page.section("Config");
  page.folded_text("every key of the run's config", read_file(directory.config(), size_t{1} << 20));
  page.command({"latent", "config", directory.config().string()});
  write_file(request.out, page.text());
}

}  // namespace latent
