#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/plot/latent_plane.h"
#include "command/plot/loss_curves.h"
#include "command/plot/plots.h"
#include "core/error.h"
#include "core/log.h"
#include "run/run_directory.h"
#include "visual/scatter.h"

namespace latent {
namespace {

constexpr int64_t kMaxPictures = 1000;
constexpr int64_t kMaxGrid = 60;
constexpr size_t kMaxPanels = 6;

/// The pictures among the points.
struct DecodedPictures {
  int64_t count = 0;       // at points
  int64_t grid = 0;        // side of a grid over the chart
  bool grid_over = false;  // else under the points
};

DecodedPictures read_pictures(const Arguments& arguments) {
  const DecodedPictures asked{.count = arguments.integer("decoded", 0, kMaxPictures),
                              .grid = arguments.integer("grid", 0, kMaxGrid),
                              .grid_over = arguments.flag("grid-over")};
  if (asked.grid > 0 && asked.count > 0)
    throw UsageError("--grid: --decoded draws pictures too; expected one of the two");
  if (asked.grid_over && asked.grid == 0)
    throw UsageError("--grid-over: no grid; expected also --grid N, such as --grid 15");
  return asked;
}

// Adds decoded pictures at up to `count` of the points, so that they do not overlap.
void add_pictures(LatentPlane& plane, const OpenedRun& run, int64_t count) {
  const ImageShape& shape = run.model->output_shape();
  const Tensor rows = visual::thumbnail_rows(plane.scatter, shape.height, shape.width, count);
  if (rows.numel() < count)
    log::info("{} of {} pictures fit without touching", rows.numel(), count);
  Tensor condition = plane.condition;
  if (condition.defined()) condition = condition.index_select(0, rows);
  plane.scatter.thumbnails =
      run.pictures(plane.projection.unproject(plane.coordinates.index_select(0, rows)), condition);
  plane.scatter.thumbnail_points = plane.scatter.points.index_select(0, rows);
}

void add_grid(LatentPlane& plane, const OpenedRun& run, const DecodedPictures& asked) {
  const Tensor points = visual::grid_points(plane.scatter, asked.grid);
  const Tensor images = run.pictures(latents_at(plane, points));
  if (asked.grid_over) {
    plane.scatter.thumbnails = images;
    plane.scatter.thumbnail_points = points;
    plane.scatter.thumbnail_side = asked.grid;
  } else {
    plane.scatter.background = images;
  }
}

// What the title says besides the latents: ", over the pictures of a grid of 15 x 15".
std::string pictures_text(const Arguments& arguments, const DecodedPictures& asked) {
  std::string text;
  if (asked.grid > 0) {
    text += fmt::format(", {0} the pictures of a grid of {1} x {1}",
                        asked.grid_over ? "under" : "over", asked.grid);
  }
  if (asked.count > 0) text += ", some of them decoded";
  if (arguments.flag("cdf")) text += ", after the normal CDF";
  return text;
}

LatentPlane plane_of(const Arguments& arguments, const OpenedRun& run, const DecodedPictures& asked,
                     const std::string& title) {
  LatentPlane plane = latent_plane(arguments, run,
                                   {.title = title,
                                    .title_end = pictures_text(arguments, asked),
                                    .cdf = arguments.flag("cdf"),
                                    .most = count_or(arguments, kPlotted, 2, kMaxPlotted),
                                    .quiet = arguments.quiet()});
  if ((asked.grid > 0 || asked.count > 0) && run.experiment.data.is_table()) {
    throw Error(run.directory.path().string() +
                ": decodes to rows of a table; expected no --decoded and no --grid");
  }
  if (asked.count > 0) add_pictures(plane, run, asked.count);
  if (asked.grid > 0) add_grid(plane, run, asked);
  return plane;
}

int64_t pictures_of(const visual::Scatter& scatter) {
  return scatter.thumbnails.defined()   ? scatter.thumbnails.size(0)
         : scatter.background.defined() ? scatter.background.size(0)
                                        : 0;
}

nlohmann::ordered_json plane_json(const LatentPlane& plane) {
  return {{"images", plane.chosen.numel()},
          {"axes", {plane.projection.names[0], plane.projection.names[1]}},
          {"attribute", plane.scatter.legend},
          {"decoded", pictures_of(plane.scatter)}};
}

// A chart for each run, side by side.
nlohmann::ordered_json plot_several(const Arguments& arguments, const DecodedPictures& asked) {
  const auto paths = arguments.texts("run");
  if (paths.size() > kMaxPanels)
    throw UsageError(fmt::format("--run: {} runs; expected at most {}", paths.size(), kMaxPanels));
  const auto names = run_names(paths);
  std::vector<visual::Scatter> panels;
  nlohmann::ordered_json runs = nlohmann::ordered_json::array();
  for (size_t i = 0; i < paths.size(); ++i) {
    const OpenedRun run =
        OpenedRun::open(paths[i], arguments.checkpoint(paths[i]), arguments.device());
    const LatentPlane plane = plane_of(arguments, run, asked, names[i]);
    panels.push_back(plane.scatter);
    runs.push_back(plane_json(plane));
    runs.back()["run"] = paths[i];
  }
  for (const auto& panel : panels) {
    if (panel.classes != panels.back().classes || panel.legend != panels.back().legend)
      log::warn(
          "the runs are coloured by different attributes or classes, so no legend is drawn; "
          "expected --attribute with one that all of them have");
  }
  const auto path = plot_path(arguments, paths.front(), "latents-runs.png");
  visual::write_scatters(path, panels, read_look(arguments, Draws::kPlots));
  return {{"runs", runs}, {"written", {path.string()}}};
}

}  // namespace

nlohmann::ordered_json plot_latents(const Arguments& arguments) {
  const DecodedPictures asked = read_pictures(arguments);
  if (arguments.texts("run").size() > 1) return plot_several(arguments, asked);
  const OpenedRun run = open_run(arguments);
  const LatentPlane plane = plane_of(arguments, run, asked, "");
  const auto path = plot_path(arguments, run.directory.path(),
                              fmt::format("latents{}{}.png", arguments.flag("cdf") ? "-cdf" : "",
                                          asked.grid > 0 ? "-grid" : ""));
  visual::write_scatter(path, plane.scatter, read_look(arguments, Draws::kPlots));
  auto json = plane_json(plane);
  json["written"] = {path.string()};
  return json;
}

}  // namespace latent
