#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command/flags/arguments.h"
#include "command/plot/plots.h"
#include "core/error.h"
#include "run/run_directory.h"

namespace latent {
namespace {

const std::vector<std::string> kOwnFlags{"checkpoint", "split", "count", "attribute", "axes",
                                         "decoded",    "cdf",   "term",  "twin"};

const Registry<PlotRow>& plots() {
  static const Registry<PlotRow> registry(
      "plot", {
                  {"latents",
                   "images as points in the latent space, coloured by what is known about them",
                   {"checkpoint", "split", "count", "attribute", "axes", "decoded", "cdf"},
                   plot_latents},
                  {"histograms",
                   "each latent's distribution against N(0, 1)",
                   {"checkpoint", "split"},
                   plot_histograms},
                  {"losses",
                   "training and validation loss by epoch; repeat --run to compare runs",
                   {"term"},
                   plot_losses},
                  {"dictionary",
                   "what each unit of the code draws: the decoder's weights, or unit codes decoded",
                   {"checkpoint", "split"},
                   plot_dictionary},
                  {"activations",
                   "how often a plain autoencoder's units are on, beside a twin without sparsity",
                   {"checkpoint", "split", "twin"},
                   plot_activations},
              });
  return registry;
}

std::string kinds_help() {
  std::string text;
  for (const auto& row : plots().rows())
    text += (text.empty() ? "" : "; ") + row.name + ": " + row.summary;
  return text;
}

void check_flags(const Arguments& arguments, const PlotRow& row) {
  for (const auto& flag : kOwnFlags) {
    if (arguments.has(flag) &&
        std::find(row.flags.begin(), row.flags.end(), flag) == row.flags.end()) {
      throw UsageError("--" + flag + ": latent plot " + row.name + " does not take it");
    }
  }
}

}  // namespace

std::filesystem::path plot_path(const Arguments& arguments, const std::filesystem::path& run,
                                const std::string& file, bool charts) {
  return arguments.picture(RunDirectory::open(run).image("plot", file), charts);
}

void declare_plot(cxxopts::Options& options) {
  options.positional_help("[latents|histograms|losses|dictionary|activations]");
  options.parse_positional("kind");
  options.add_options()("kind", kinds_help(),
                        cxxopts::value<std::string>()->default_value("latents"), "KIND");
  declare_run(options);
  declare_out(
      options,
      "the chart, .png or .svg, a dictionary .png (default: images/plot/<kind>.png of the run)");
  options.add_options()("split", "all but losses: images of this split",
                        cxxopts::value<std::string>()->default_value("test"),
                        "NAME")("n,count", "latents: at most so many images, drawn at random",
                                cxxopts::value<int64_t>()->default_value("10000"), "N")(
      "attribute", "latents: what colours the points (default: the data set's first attribute)",
      cxxopts::value<std::string>(),
      "NAME")("axes", "latents: used (the two that carry most), pca, or two latents such as 0,3",
              cxxopts::value<std::string>()->default_value("used"), "NAME")(
      "cdf", "latents: after the normal distribution function, which makes the prior uniform")(
      "decoded", "latents: up to N pictures that the decoder makes at their places",
      cxxopts::value<int64_t>()->default_value("0"),
      "N")("term", "losses: which column, for example nll or kl",
           cxxopts::value<std::string>()->default_value("loss"),
           "NAME")("twin", "activations: another run, drawn beside this one",
                   cxxopts::value<std::string>(), "DIR");
}

void run_plot(const Arguments& arguments) {
  const PlotRow& row = plots().find<UsageError>(arguments.text("kind"), "latent plot");
  check_flags(arguments, row);
  arguments.picture("", true);  // a wrong ending is told before the work
  nlohmann::ordered_json result{{"kind", row.name}};
  result.update(row.draw(arguments));
  std::string text;
  for (const auto& path : result["written"])
    text += path.get<std::string>() + "\n";
  print_result(arguments, result, text);
}

}  // namespace latent
