#include "report/run_report.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/latent_source.h"
#include "analysis/run_evaluation.h"
#include "core/device/device.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/text/suggest.h"
#include "report/page_parts.h"
#include "run/metrics.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int64_t kExtremes = 8;  // worst and best reconstructions

// The run as it was measured, for all parts of the page.
struct ReportedRun {
  OpenedRun run;
  Examples examples;  // of the test split
  RunEvaluation evaluation;
  Tensor errors;      // [N] mean squared error of each example
  double spread = 0;  // the same, had the mean example been drawn for each
};

const Figure* figure_of(const RunEvaluation& evaluation, const std::string& name) {
  for (const auto& measured : evaluation.measured) {
    for (const auto& figure : measured.figures) {
      if (figure.name == name) return &figure;
    }
  }
  return nullptr;
}

// The variance of the examples around their mean, per value.
double variance_of(const Examples& examples) {
  const int64_t count = examples.count();
  Tensor sum, squares;
  for (int64_t first = 0; first < count; first += kEvaluationBatch) {
    const Tensor batch =
        examples.images(first, std::min(kEvaluationBatch, count - first)).to(at::kDouble);
    sum = sum.defined() ? sum + batch.sum(0) : batch.sum(0);
    squares = squares.defined() ? squares + at::square(batch).sum(0) : at::square(batch).sum(0);
  }
  const auto n = static_cast<double>(count);
  return (squares / n - at::square(sum / n)).mean().item<double>();
}

ReportedRun measured(const ReportRequest& request) {
  OpenedRun run = OpenedRun::open(request.run, "best", parse_device(request.device, "--device"));
  Examples examples = run.load(Split::kTest);
  RunEvaluation evaluation =
      evaluate_run(run, examples, Split::kTest, choose_measures(""), 0, request.quiet);
  const Figure* mse = figure_of(evaluation, "mse");
  Tensor errors = mse == nullptr ? Tensor() : mse->each;
  const double spread = variance_of(examples);
  return {std::move(run), std::move(examples), std::move(evaluation), std::move(errors), spread};
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

// Whether it is any good, in sentences with a scale.
std::string verdict(const ReportedRun& reported) {
  const auto& evaluation = reported.evaluation;
  const std::string noun = reported.run.experiment.data.example_noun();
  std::string text = fmt::format("Measured on {} that it was not trained on",
                                 counted(evaluation.losses.images, "test " + noun));
  if (const Figure* mse = figure_of(evaluation, "mse"); mse != nullptr && reported.spread > 0) {
    const double explained = 1 - mse->value / reported.spread;
    text += explained > 0
                ? fmt::format(", reconstructions explain {:.1f}% of the variance", 100 * explained)
                : fmt::format(", reconstructions are no better than the mean {}", noun);
    text += fmt::format(
        ": the squared error per value is {:.4g}, and {:.4g} if the mean {} were "
        "drawn each time",
        mse->value, reported.spread, noun);
  }
  text += ".";
  if (const Figure* psnr = figure_of(evaluation, "psnr"))
    text += fmt::format(" PSNR is {:.2f} dB.", psnr->value);
  if (const Figure* active = figure_of(evaluation, "active_units"))
    text += fmt::format(" {:.0f} of {} latents carry information.", active->value,
                        reported.run.model->latent_dim());
  return text;
}

void add_facts(HtmlPage& page, const ReportedRun& reported) {
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
  page.section("The doctor's findings");
  const CommandOutput output = run_command(maker, {"doctor", "--run", run, "--json"});
  const Json json = Json::parse(output.text, nullptr, false);
  if (json.is_object() && json.contains("findings") && json["findings"].is_array()) {
    for (const auto& finding : json["findings"]) {
      const std::string kind = text_at(finding, "/kind"), remedy = text_at(finding, "/remedy");
      page.note(kind, fmt::format("{}: {}: {}{}{}", kind, text_at(finding, "/where"),
                                  text_at(finding, "/what"), remedy.empty() ? "" : "; ", remedy));
    }
  } else {
    page.note("warning", "not examined: " + output.error);
  }
  page.command({"latent", "doctor", "--run", run});
}

// The places of the examples with the largest errors, or with the smallest, as --indices.
std::string extremes(const Tensor& errors, bool worst) {
  const Tensor order = errors.argsort(/*dim=*/0, /*descending=*/worst);
  std::vector<std::string> words;
  for (int64_t i = 0; i < std::min(kExtremes, order.numel()); ++i)
    words.push_back(std::to_string(order[i].item<int64_t>()));
  return join(words, ",");
}

// The pictures of the page, in its order.
std::vector<PicturePart> pictures_of(const ReportedRun& reported) {
  const OpenedRun& run = reported.run;
  const std::string path = run.directory.path().string();
  const std::string noun = run.experiment.data.example_noun();
  const bool images = !run.experiment.data.is_table();
  std::vector<PicturePart> parts{
      {"Loss",
       "By epoch: training dashed, validation solid. Both should fall and end flat; a rising "
       "validation loss is overfitting.",
       {"plot", "losses", "--run", path},
       "losses.png"},
      {"Reconstructions",
       "The first test " + noun + "s and what the model makes of them.",
       {"reconstruct", "--run", path, "--count", "16"},
       "reconstructions.png"}};
  if (reported.errors.defined()) {
    for (const bool worst : {true, false}) {
      const std::string which = worst ? "Worst" : "Best";
      parts.push_back(
          {which + " reconstructions",
           fmt::format("The test {}s with the {} squared error.", noun,
                       worst ? "largest" : "smallest"),
           {"reconstruct", "--run", path, "--indices", extremes(reported.errors, worst)},
           worst ? "worst.png" : "best.png"});
    }
  }
  for (const auto& sampler : samplers().rows()) {
    if (!suits(sampler, run) || (sampler.name == "manifold" && !images)) continue;
    std::vector<std::string> words{"sample", "--run", path, "--sampler", sampler.name};
    if (sampler.name != "manifold") words.insert(words.end(), {"--count", "32", "--columns", "8"});
    parts.push_back({"Samples: " + sampler.name, "Latents drawn from " + sampler.summary + ".",
                     words, "samples-" + sampler.name + ".png"});
  }
  parts.push_back({"Latent space",
                   "The test " + noun +
                       "s as points of the two latents that carry "
                       "most information.",
                   {"plot", "latents", "--run", path},
                   "latents.png"});
  if (images && run.model->bottleneck().codebook() == nullptr) {
    parts.push_back({"Traversals",
                     "Each row changes one latent, the most used first.",
                     {"traverse", "--run", path},
                     "traversals.png"});
  }
  parts.push_back({"Latents one by one",
                   "The distribution of each latent over the test " + noun + "s.",
                   {"plot", "histograms", "--run", path},
                   "histograms.png"});
  return parts;
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
  page.paragraph(verdict(reported));
  add_facts(page, reported);
  const auto pictures = pictures_of(reported);
  add_findings(page, maker, directory.path().string());
  add_figures(page, reported);
  for (const auto& part : pictures)
    add_picture(page, maker, part);
  page.section("Config");
  page.folded_text("every key of the run's config", read_file(directory.config(), size_t{1} << 20));
  page.command({"latent", "config", directory.config().string()});
  write_file(request.out, page.text());
}

}  // namespace latent
