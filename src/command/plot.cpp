#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>
#include <set>

#include "command/flags/look.h"
#include "command/plot/plots.h"
#include "core/error.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "run/run_directory.h"

namespace latent {
namespace {

// A line each kind: its name, what it draws, the flags of its own that it reads.
const Registry<PlotRow>& plots() {
  static Registry<PlotRow> registry(
      "plot",
      {
          {"latents",
           "images as points of the latent space, coloured by an attribute",
           {"checkpoint", "split", "count", "attribute", "axes", "decoded", "grid", "grid-over",
            "cdf"},
           plot_latents},
          {"samples",
           "random latents marked and numbered among those of a split, and their pictures",
           {"checkpoint", "split", "count", "attribute", "axes", "sampler", "cdf"},
           plot_samples},
          {"histograms",
           "the distribution of each latent against N(0, 1)",
           {"checkpoint", "split", "count"},
           plot_histograms},
          {"losses",
           "training and validation loss by epoch; repeat --run to compare runs",
           {"term"},
           plot_losses},
          {"dictionary",
           "what each unit of the code draws: the decoder's weights, or decoded unit codes",
           {"checkpoint", "split"},
           plot_dictionary},
          {"activations",
           "how often the units of a plain autoencoder are active; --twin adds another run",
           {"checkpoint", "split", "twin"},
           plot_activations},
          {"book",
           "every chart and picture that suits the run, in one folder with a page of them",
           {"checkpoint"},
           plot_book},
          {"sweep",
           "a figure of a sweep against a key, with 95% intervals over the seeds",
           {"sweep", "figure", "key"},
           plot_sweep},
          {"codes",
           "how often each code of a codebook is used, and its picture",
           {"checkpoint", "split"},
           plot_codes},
          {"rd",
           "bits per image against PSNR of runs, variational or with codes, beside PCA, WebP "
           "and JPEG; "
           "repeat --run for a line",
           {"checkpoint", "split"},
           plot_rd},
      });
  return registry;
}

// Throws UsageError for a flag that only other kinds of charts read.
void check_flags(const Arguments& arguments, const PlotRow& row) {
  const std::set<std::string> taken(row.flags.begin(), row.flags.end());
  for (const auto& other : plots().rows()) {
    for (const auto& flag : other.flags) {
      if (arguments.has(flag) && !taken.contains(flag))
        throw UsageError("--" + flag + ": not a flag of latent plot " + row.name +
                         ", only of plot " + other.name);
    }
  }
}

}  // namespace

std::filesystem::path plot_path(const Arguments& arguments, const std::filesystem::path& run,
                                const std::string& file, bool charts) {
  const PlotRow& row = plots().find<UsageError>(arguments.text("kind"), "latent plot");
  std::set<std::string> taken(row.flags.begin(), row.flags.end());
  taken.insert({"split", "count"});
  std::string stem = std::filesystem::path(file).stem().string();
  for (const char* flag : {"attribute", "axes", "split", "count", "grid", "decoded", "sampler"}) {
    if (taken.contains(flag) && arguments.given(flag))
      stem += fmt::format("-{}-{}", flag, in_file_name(arguments.words(flag)));
  }
  return arguments.picture(RunDirectory::open(run).image("plot", stem + ".png"), charts);
}

void declare_plot(cxxopts::Options& options) {
  options.positional_help("[" + join(plots().names(), "|") + "]");
  options.show_positional_help();
  options.parse_positional("kind");
  options.add_options()("kind", "draw this chart:" + plots().summaries(),
                        cxxopts::value<std::string>()->default_value("latents"), "KIND");
  declare_run(options);
  declare_out(options,
              "chart to write, .png, .jpg, .svg or .pdf; dictionary: .png or .jpg; book: a folder "
              "(default: images/plot/ of the run)");
  declare_look(options, Draws::kBoth);
  options.add_options("input")("split",
                               "split whose images are drawn (all kinds but losses and book)",
                               cxxopts::value<std::string>()->default_value("test"), "NAME");
  options.add_options("input")(
      "n,count",
      "latents: maximum number of images, drawn at random (default: 10000); "
      "samples: their number (20); histograms: number of latents (50)",
      cxxopts::value<int64_t>(), "N");
  options.add_options()("attribute,label",
                        "latents, samples: attribute that colours the points, or none (default: of "
                        "latents the one that says most about them, of samples none)",
                        cxxopts::value<std::string>(), "NAME");
  options.add_options()(
      "axes",
      "latents, samples: used (the two latents with the most information), pca, or two such "
      "as 0,3",
      cxxopts::value<std::string>()->default_value("used"), "NAME");
  options.add_options()("cdf",
                        "latents, samples: apply the normal distribution function, which makes the "
                        "prior "
                        "uniform");
  options.add_options()("decoded",
                        "latents: maximum number of decoded pictures to draw at their points",
                        cxxopts::value<int64_t>()->default_value("0"), "N");
  options.add_options()("grid",
                        "latents: side of a square of decoded pictures that fills the chart, under "
                        "the points; 0: none",
                        cxxopts::value<int64_t>()->default_value("0"), "N");
  options.add_options()("grid-over", "latents: draw the pictures of --grid over the points");
  options.add_options()("sampler", "samples: draw the latents from prior, posterior or gmm",
                        cxxopts::value<std::string>()->default_value("prior"), "NAME");
  options.add_options()("term",
                        "losses: terms to draw, such as loss, nll or kl; several, as loss,kl, or "
                        "all: a chart each",
                        cxxopts::value<std::string>()->default_value("loss"), "NAME");
  options.add_options()("sweep", "sweep: folder of the sweep", cxxopts::value<std::string>(),
                        "DIR")("figure", "sweep: figure to draw (default: loss)",
                               cxxopts::value<std::string>(), "NAME")(
      "key", "sweep: key of the x axis (default: the first)", cxxopts::value<std::string>(), "KEY");
  options.add_options()("twin", "activations: another run to draw beside this one",
                        cxxopts::value<std::string>(), "DIR");
}

void run_plot(const Arguments& arguments) {
  const PlotRow& row = plots().find<UsageError>(arguments.text("kind"), "latent plot");
  check_flags(arguments, row);
  if (row.name != "book") arguments.picture("", row.name != "dictionary");  // before the work
  nlohmann::ordered_json result{{"kind", row.name}};
  result.update(row.draw(arguments));
  std::string text;
  for (const auto& path : result["written"])
    text += path.get<std::string>() + "\n";
  print_result(arguments, result, text);
}

}  // namespace latent
