#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/plot/plots.h"
#include "core/error.h"
#include "core/log.h"
#include "measure/code_use.h"
#include "session/codes.h"
#include "visual/chart.h"
#include "visual/gallery.h"

namespace latent {
namespace {

constexpr int64_t kMostCodes = 1024;  // whose pictures are drawn

// The share of each code against its rank, and what all alike would have.
std::vector<visual::Series> usage_series(const Tensor& sorted) {
  const Tensor share = sorted.to(at::kDouble) / sorted.sum().clamp_min(1).item<double>();
  visual::Series used{.name = "codes, the most used first", .x = {}, .y = {}};
  for (int64_t i = 0; i < share.size(0); ++i) {
    used.x.push_back(static_cast<double>(i + 1));
    used.y.push_back(100 * share[i].item<double>());
  }
  const double even = 100 / static_cast<double>(share.size(0));
  visual::Series all{.name = "all alike", .x = {1, used.x.back()}, .y = {even, even}};
  all.dashed = true;
  return {used, all};
}

// The picture of a map that holds one code everywhere: [N, C, H, W].
Tensor code_pictures(const OpenedRun& run, const Tensor& chosen) {
  const Codebook& codes = *run.model->bottleneck().codebook();
  return run.pictures(codes.latents(chosen.unsqueeze(1).repeat({1, codes.places()})));
}

}  // namespace

nlohmann::ordered_json plot_codes(const Arguments& arguments) {
  const OpenedRun run = open_run(arguments);
  if (run.model->bottleneck().codebook() == nullptr) {
    throw Error(run.directory.path().string() +
                ": its latents are not codes; expected a run with model.bottleneck vq or fsq");
  }
  if (run.experiment.data.is_table())
    throw Error(run.directory.path().string() + ": a run of a table; expected a run of images");
  const auto path = plot_path(arguments, run.directory.path(), "codes.png");
  const Split split = arguments.parsed("split", parse_split);
  CodeCounts counts(run.model->bottleneck().codebook()->size());
  counts.add(split_indices(run, split, arguments.quiet()));
  const CodeUse use = counts.use();
  const auto [sorted, order] = counts.counts().sort(0, true);
  visual::write_line_chart(
      path,
      fmt::format("{} of {} codes used, perplexity {:.1f}", use.used, use.codes, use.perplexity),
      "rank of the code", fmt::format("% of the places of the {} split", to_string(split)),
      usage_series(sorted), read_look(arguments, Draws::kCharts));
  auto pictures = path;
  pictures.replace_filename(path.stem().string() + "-pictures.png");
  const int64_t drawn = std::min(kMostCodes, use.codes);
  run.experiment.gallery->write_samples(pictures, code_pictures(run, order.narrow(0, 0, drawn)),
                                        read_look(arguments, Draws::kPictures));
  log::info("{} codes, each at every place, the most used first", drawn);
  return {{"codes", use.codes},
          {"used", use.used},
          {"perplexity", use.perplexity},
          {"written", {path.string(), pictures.string()}}};
}

}  // namespace latent
