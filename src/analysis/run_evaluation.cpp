#include "analysis/run_evaluation.h"

#include <spdlog/fmt/fmt.h>

#include <limits>

#include "analysis/measure_context.h"
#include "core/progress.h"
#include "core/stopwatch.h"
#include "core/text/suggest.h"

namespace latent {

RunEvaluation evaluate_run(const OpenedRun& run, const Examples& examples, Split split,
                           const MeasureChoice& choice, uint64_t seed, bool quiet) {
  run.objective->schedule(std::numeric_limits<double>::infinity());
  check_values(examples, run.objective->likelihood());
  const MadeMeasures made(choice, measure_context(run, examples, seed, quiet, split));
  ProgressBar bar(quiet);
  const Stopwatch watch;
  Evaluation losses = evaluate(*run.model, *run.objective, examples,
                               {.seed = seed,
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
  return {std::move(losses), made.figures(), made.ranked(), made.left_out()};
}

std::vector<Figure> loss_figures(const OpenedRun& run, const Evaluation& losses) {
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
                   .count = losses.images});
  };
  const std::string latents = sampled ? "sampled latents" : "";
  add("loss", losses.loss, {"as in training", latents, without});
  for (const auto& [name, value] : losses.terms)
    add(name, value, name == "nll" ? std::vector{latents, without} : std::vector<std::string>{});
  add("nll_mean", losses.nll_mean, {"from the latents' mean", without});
  return all;
}

}  // namespace latent
