#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "analysis/book_units.h"
#include "command/flags/arguments.h"
#include "command/flags/open_run.h"
#include "core/progress.h"
#include "core/stopwatch.h"
#include "core/text/suggest.h"
#include "session/opened_run.h"
#include "train/evaluation.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

std::optional<BookUnits> units_of(const OpenedRun& run, const Evaluation& result) {
  return book_units(run.config.resolved().at("objective").at("likelihood"), result);
}

Json describe_evaluation(const OpenedRun& run, const Evaluation& result, const std::string& split) {
  const double values = static_cast<double>(run.model->output_shape().values());
  const Likelihood& likelihood = run.objective->likelihood();
  const bool has_posterior = run.model->bottleneck().has_posterior();
  Json json{{"run", run.directory.path().string()},
            {"checkpoint", run.checkpoint},
            {"step", run.step},
            {"split", split},
            {"images", result.images},
            {"loss", result.loss}};
  for (const auto& [name, value] : result.terms)
    json[name] = value;
  json["nll_mean"] = result.nll_mean;
  json["left_out_constant_per_value"] = likelihood.omitted_constant();
  if (has_posterior) {
    const double negative_elbo = result.term("nll") + values * likelihood.omitted_constant() +
                                 result.kl.sum().item<double>();
    json["elbo"] = -negative_elbo;
    json["bits_per_dim"] = negative_elbo / (values * std::numbers::ln2);
    json["kl_per_latent"] = std::vector<double>(result.kl.data_ptr<double>(),
                                                result.kl.data_ptr<double>() + result.kl.numel());
  }
  json["active_units"] = result.active_units;
  if (result.sparsity) {
    json["sparsity"] = {
        {"mean_activation", result.sparsity->mean_activation},
        {"active_per_" + run.experiment.data.example_noun(), result.sparsity->active},
        {"active_share", result.sparsity->active_share},
        {"dead_units", result.sparsity->dead_units}};
  }
  const bool pictures = !run.experiment.data.is_table();
  if (pictures) json["bce"] = result.bce;
  json["mse"] = result.mse;
  json["rmse"] = result.rmse;
  if (!pictures) return json;
  json["psnr"] = result.psnr;
  json["ssim"] = result.ssim;
  if (const auto book = units_of(run, result)) {
    json["book_units"] = {{"factor", book->factor},
                          {"reconstruction", book->reconstruction},
                          {"kl", book->kl},
                          {"total", book->total()}};
  }
  return json;
}

std::string number(const Json& json, const char* key) {
  return fmt::format("{:.4f}", json[key].get<double>());
}

std::string evaluation_table(const OpenedRun& run, const Evaluation& result, const Json& json) {
  const std::string word = run.experiment.data.example_noun(), nats = "nats per " + word;
  std::string text =
      fmt::format("{} of the {} split, checkpoint {} (step {})\n", counted(result.images, word),
                  json["split"].get<std::string>(), run.checkpoint, run.step);
  if (run.corruption.noisy())
    text += "  (with noise on the encoder's input, as in training; the target is clean)\n";
  const auto line = [&](const std::string& name, const std::string& value,
                        const std::string& meaning) {
    text += fmt::format("  {:<16} {:>12}  {}\n", name, value, meaning);
  };
  const double constant = json["left_out_constant_per_value"].get<double>();
  const std::string without =
      constant > 0 ? fmt::format(", without the constant {:.3f} per value", constant) : "";
  const bool has_posterior = run.model->bottleneck().has_posterior();
  const std::string latents = has_posterior ? ", sampled latents" : "";
  line("loss", number(json, "loss"), nats + ", as in training" + latents + without);
  for (const auto& [name, value] : result.terms)
    line(name, fmt::format("{:.4f}", value), nats + (name == "nll" ? latents + without : ""));
  line("nll_mean", number(json, "nll_mean"), nats + " from the latents' mean" + without);
  if (has_posterior) {
    line("elbo", number(json, "elbo"), nats + ", constants included");
    line("bits_per_dim", number(json, "bits_per_dim"), "-elbo per value");
  }
  line("active_units", std::to_string(result.active_units),
       fmt::format("of {} latents: variance of the mean above 0.01", run.model->latent_dim()));
  if (const auto& code = result.sparsity) {
    line("mean |a|", fmt::format("{:.4f}", code->mean_activation), "of the code");
    line("active per " + word, fmt::format("{:.1f}", code->active),
         fmt::format("units above 1% of their largest |a|: {:.1f}%", 100 * code->active_share));
    const bool sigmoid = run.model->bottleneck().unit_interval();
    line("dead_units", std::to_string(code->dead_units),
         (sigmoid ? "below 0.01 for every " : "0 for every ") + word);
  }
  const bool pictures = !run.experiment.data.is_table();
  if (pictures)
    line("bce", number(json, "bce"), "mean binary cross-entropy per value, from the latents' mean");
  line("mse", number(json, "mse"), "mean squared error per value");
  line("rmse", number(json, "rmse"), "square root of mse");
  if (pictures) {
    line("psnr", number(json, "psnr"), "dB, mean over the images");
    line("ssim", number(json, "ssim"), "7x7 window, mean over the images");
  }
  if (const auto book = units_of(run, result); pictures && book) {
    line("book units", fmt::format("{:.4f}", book->total()),
         fmt::format("of Foster, Generative Deep Learning: {:.0f} x mean {} = {:.4f} + KL {:.4f}",
                     book->factor, book->error, book->reconstruction, book->kl));
  }
  if (has_posterior) {
    text += "  KL per latent, nats:";
    for (const auto& value : json["kl_per_latent"])
      text += fmt::format(" {:.3f}", value.get<double>());
    text += "\n";
  }
  return text;
}

}  // namespace

void declare_evaluate(cxxopts::Options& options) {
  declare_run(options);
  options.add_options()("split", "split to evaluate: train, validation or test",
                        cxxopts::value<std::string>()->default_value("test"), "NAME");
}

void run_evaluate(const Arguments& arguments) {
  const Split split = arguments.parsed("split", parse_split);
  const OpenedRun run = open_run(arguments);
  run.objective->schedule(std::numeric_limits<double>::infinity());
  const Examples examples = run.load(split);
  check_values(examples, run.objective->likelihood());
  ProgressBar bar(arguments.quiet());
  const Stopwatch watch;
  const Evaluation result = evaluate(*run.model, *run.objective, examples,
                                     {.seed = arguments.seed(),
                                      .quality = true,
                                      .device = run.device,
                                      .progress =
                                          [&](int64_t done, int64_t total) {
                                            if (bar.due(done, total))
                                              bar.show("evaluating", done, total, watch.seconds());
                                          },
                                      .corruption = run.corruption,
                                      .condition = run.condition});
  bar.clear();
  const Json json = describe_evaluation(run, result, to_string(split));
  print_result(arguments, json, evaluation_table(run, result, json));
}

}  // namespace latent
