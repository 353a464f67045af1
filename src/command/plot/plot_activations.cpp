#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/plot/plots.h"
#include "core/error.h"
#include "core/text/suggest.h"
#include "measure/sparsity.h"
#include "session/codes.h"
#include "session/opened_run.h"
#include "visual/histograms.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

/// The codes of a split by one run.
struct Code {
  std::string name;
  Tensor activations;  // [N, Z]
  Sparsity sparsity;
  bool sigmoid = false;
};

Code code_of(const OpenedRun& run, Split split, bool quiet) {
  if (run.model->bottleneck().has_posterior()) {
    throw Error(run.directory.path().string() +
                ": latents of a gaussian bottleneck are not activations; expected a run with "
                "model.bottleneck point, or latent plot histograms");
  }
  Code code{.name = std::filesystem::absolute(run.directory.path() / "x").parent_path().filename(),
            .activations = split_codes(run, split, quiet).code,
            .sparsity = {},
            .sigmoid = run.model->bottleneck().unit_interval()};
  code.sparsity = sparsity(code.activations, code.sigmoid);
  return code;
}

visual::Histogram histogram(const Code& code) {
  const auto& sparsity = code.sparsity;
  return {.title = code.name,
          .label = fmt::format("activation ({:.1f} of {} units active, {} {})", sparsity.active,
                               code.activations.size(1), sparsity.dead_units,
                               dead_units_text(code.sigmoid)),
          .values = code.activations.flatten()};
}

Json as_json(const Code& code) {
  return {{"run", code.name},
          {"mean_activation", code.sparsity.mean_activation},
          {"active_per_image", code.sparsity.active},
          {"active_share", code.sparsity.active_share},
          {"dead_units", code.sparsity.dead_units}};
}

}  // namespace

nlohmann::ordered_json plot_activations(const Arguments& arguments) {
  const Split split = arguments.parsed("split", parse_split);
  const OpenedRun run = open_run(arguments);
  std::vector<Code> codes{code_of(run, split, arguments.quiet())};
  if (arguments.has("twin")) {
    codes.push_back(code_of(OpenedRun::open(arguments.text("twin"), run.checkpoint, run.device),
                            split, arguments.quiet()));
  }
  std::vector<visual::Histogram> histograms;
  Json runs = Json::array();
  for (const auto& code : codes) {
    histograms.push_back(histogram(code));
    runs.push_back(as_json(code));
  }
  const auto path = plot_path(arguments, run.directory.path(), "activations.png");
  visual::write_histograms(path,
                           fmt::format("Activations of all units, {} split ({})", to_string(split),
                                       counted(codes.front().activations.size(0), "image")),
                           histograms, visual::HistogramAxes::kLogShare,
                           read_look(arguments, Draws::kPlots));
  return {{"runs", runs}, {"written", {path.string()}}};
}

}  // namespace latent
