#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "analysis/latent_source.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/plot/latent_plane.h"
#include "command/plot/plots.h"
#include "core/error.h"
#include "core/random.h"
#include "visual/scatter.h"

namespace latent {
namespace {

constexpr int64_t kMarkedSamples = 20, kMaxMarked = 100;

nlohmann::ordered_json points_json(const Tensor& points) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (int64_t i = 0; i < points.size(0); ++i)
    json.push_back({points[i][0].item<double>(), points[i][1].item<double>()});
  return json;
}

// Without a prior, `prior` draws from the box around the codes.
std::string name_of(const SamplerRow& sampler, const OpenedRun& run) {
  const bool box = sampler.name == "prior" && run.model->bottleneck().prior() == nullptr;
  return box ? "box around the codes" : sampler.name;
}

}  // namespace

nlohmann::ordered_json plot_samples(const Arguments& arguments) {
  const int64_t count = count_or(arguments, kMarkedSamples, 1, kMaxMarked);
  const OpenedRun run = open_run(arguments);
  if (run.experiment.data.is_table()) {
    throw Error(run.directory.path().string() +
                ": decodes to rows of a table; expected a run of images");
  }
  const SamplerRow& sampler = samplers().find<UsageError>(arguments.text("sampler"), "--sampler");
  if (sampler.name == "manifold")
    throw UsageError("--sampler manifold: a grid; expected latent plot latents --grid 15");
  auto noise = generator(arguments.seed(), Stream::kSample);
  const Tensor z = draw_latents(run, sampler, {.count = count, .quiet = arguments.quiet()}, noise);
  LatentPlane plane =
      latent_plane(arguments, run,
                   {.title = fmt::format("{} samples ({}) over the {} split\u2019s latents", count,
                                         name_of(sampler, run), arguments.text("split")),
                    .coloured = false,
                    .cdf = arguments.flag("cdf"),
                    .quiet = arguments.quiet()});
  plane.scatter.marks = chart_points(plane, z);
  plane.scatter.marked = run.pictures(z);
  const auto path = plot_path(arguments, run.directory.path(), "samples.png");
  visual::write_scatter(path, plane.scatter, read_look(arguments, Draws::kPlots));
  return {{"sampler", sampler.name},
          {"samples", points_json(plane.scatter.marks)},
          {"axes", {plane.projection.names[0], plane.projection.names[1]}},
          {"written", {path.string()}}};
}

}  // namespace latent
