#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "command/flags/open_run.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/interrupt.h"
#include "prior/trained_prior.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

const std::string kPriorUsage = "expected latent prior train --run DIR [--name autoregressive]";

PriorRequest read_prior_request(const Arguments& arguments) {
  PriorRequest request{.name = arguments.text("name"),
                       .settings = arguments.settings(),
                       .resume = arguments.flag("resume"),
                       .overwrite = arguments.flag("overwrite"),
                       .quiet = arguments.quiet()};
  if (request.name != kAutoregressive)
    throw UsageError("--name " + request.name + ": expected " + kAutoregressive);
  if (request.resume && request.overwrite)
    throw UsageError("--resume continues the prior as it is; do not pass --overwrite");
  if (request.resume && !request.settings.empty())
    throw UsageError("--resume uses the prior's own config; do not pass --set");
  return request;
}

double percent_less(double bits, double than) { return 100 * (1 - bits / than); }

std::string prior_text(const PriorReport& report, const std::string& folder) {
  std::string text = fmt::format(
      "{:.1f} bits an image, of {} images of the test split\n"
      "  {:.1f} by the codes' frequencies alone: {:.1f}% less\n"
      "  {:.1f} by their frequencies at each place: {:.1f}% less\n",
      report.prior, report.images, report.order_0, percent_less(report.prior, report.order_0),
      report.by_place, percent_less(report.prior, report.by_place));
  return text + folder + "\n";
}

}  // namespace

void declare_prior(cxxopts::Options& options) {
  options.positional_help("train");
  options.show_positional_help();
  options.parse_positional({"action"});
  options.add_options()("action",
                        "train: fit a transformer to the codes of the run's training images, from "
                        "which latent sample then draws",
                        cxxopts::value<std::string>(), "ACTION")(
      "name", "the prior: autoregressive, which draws each code given those before it",
      cxxopts::value<std::string>()->default_value(kAutoregressive), "NAME")(
      "resume", "continue a training that was interrupted")("overwrite", "replace the run's prior");
  declare_run(options);
  declare_settings(options);
}

void run_prior(const Arguments& arguments) {
  if (!arguments.has("action")) throw UsageError("latent prior: no action; " + kPriorUsage);
  if (const std::string action = arguments.text("action"); action != "train")
    throw UsageError("latent prior: unknown action \"" + action + "\"; " + kPriorUsage);
  const PriorRequest request = read_prior_request(arguments);
  const OpenedRun run = open_run(arguments);
  ignore_lost_readers();
  catch_interrupts();
  const PriorReport report = train_prior(run, request);
  const std::string folder = prior_folder(run, request.name).string();
  const PriorState& state = report.state;
  print_result(arguments,
               {{"prior", request.name},
                {"epochs", state.epoch},
                {"steps", state.step},
                {"seconds", state.seconds},
                {"parameters", report.parameters},
                {"best_epoch", state.best_epoch},
                {"val_bits", state.best_bits},
                {"images", report.images},
                {"bits", report.prior},
                {"bits_by_frequency", report.order_0},
                {"bits_by_place", report.by_place},
                {"less_than_by_frequency", percent_less(report.prior, report.order_0)},
                {"less_than_by_place", percent_less(report.prior, report.by_place)},
                {"folder", folder}},
               prior_text(report, folder));
}

}  // namespace latent
