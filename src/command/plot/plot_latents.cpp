#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command/flags/attribute.h"
#include "command/flags/open_run.h"
#include "command/plot/plots.h"
#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "core/text/suggest.h"
#include "session/codes.h"
#include "session/opened_run.h"
#include "space/projection.h"
#include "space/usage.h"
#include "visual/scatter.h"

namespace latent {
namespace {

constexpr int64_t kMaxPlotted = 100'000;
constexpr int64_t kMaxPictures = 1000;

std::string axis_name(const OpenedRun& run, const Tensor& usage, int64_t latent) {
  const auto used = usage[latent].item<double>();
  if (run.model->bottleneck().has_posterior())
    return fmt::format("z{} (KL {:.2f} nats)", latent, used);
  return fmt::format("z{} (variance {:.3g})", latent, used);
}

// The two latents that --axes names.
std::vector<int64_t> choose_latents(const Arguments& arguments, const Tensor& usage) {
  const std::string axes = arguments.text("axes");
  if (axes == "used") {
    auto order = space::most_used_first(usage);
    order.resize(2);
    if (usage.numel() == 2) std::sort(order.begin(), order.end());
    return order;
  }
  if (axes.find_first_not_of("0123456789,") != std::string::npos)
    throw UsageError("--axes " + axes + ": expected used, pca, or two latents such as 0,3");
  const auto latents = arguments.indices("axes");
  if (latents.size() != 2 || latents[0] == latents[1])
    throw UsageError("--axes " + axes + ": expected two different latents such as 0,3");
  for (const int64_t latent : latents) {
    if (latent >= usage.numel()) {
      throw Error(fmt::format("--axes {}: this run has {} latents; expected 0 to {}", axes,
                              usage.numel(), usage.numel() - 1));
    }
  }
  return latents;
}

space::Projection choose_projection(const Arguments& arguments, const OpenedRun& run,
                                    const Latent& codes) {
  if (codes.code.size(1) < 2) {
    throw Error(
        "latent plot latents: needs two latents, but this run has one; expected latent plot "
        "histograms");
  }
  if (arguments.text("axes") == "pca") {
    if (codes.code.size(0) < 2)
      throw Error("--axes pca: the split has 1 example; expected another --split");
    return space::principal_projection(codes.code);
  }
  const Tensor usage = space::usage(codes);
  const auto latents = choose_latents(arguments, usage);
  space::Projection plane = space::latent_projection(codes.code, latents[0], latents[1]);
  for (size_t i = 0; i < 2; ++i)
    plane.names[i] = axis_name(run, usage, latents[i]);
  return plane;
}

// Random images of the split, at most --count.
Tensor choose_images(const Arguments& arguments, int64_t images) {
  auto noise = generator(arguments.seed(), Stream::kPictures);
  const int64_t count = std::min(arguments.integer("count", 2, kMaxPlotted), images);
  return at::randperm(images, noise, at::kLong).narrow(0, 0, count);
}

// Adds decoded pictures at up to `count` of the points, so that they do not overlap.
// condition: of each point, or undefined.
void add_pictures(visual::Scatter& scatter, const OpenedRun& run, const space::Projection& plane,
                  const Tensor& coordinates, const Tensor& condition, int64_t count) {
  if (count == 0) return;
  const ImageShape& shape = run.model->output_shape();
  const Tensor rows = visual::thumbnail_rows(scatter, shape.height, shape.width, count);
  if (rows.numel() < count)
    log::info("{} of {} pictures fit without touching", rows.numel(), count);
  scatter.thumbnails =
      run.pictures(plane.unproject(coordinates.index_select(0, rows)),
                   condition.defined() ? condition.index_select(0, rows) : condition);
  scatter.thumbnail_points = scatter.points.index_select(0, rows);
}

}  // namespace

nlohmann::ordered_json plot_latents(const Arguments& arguments) {
  const Split split = arguments.parsed("split", parse_split);
  const int64_t decoded = arguments.integer("decoded", 0, kMaxPictures);
  const bool cdf = arguments.flag("cdf");
  const OpenedRun run = open_run(arguments);
  if (const Prior* prior = run.model->bottleneck().prior();
      cdf && !(prior && prior->is_standard_normal())) {
    throw Error(
        "--cdf: a plain autoencoder has no prior to make uniform; expected a run with "
        "model.bottleneck \"gaussian\"");
  }
  const Examples examples = run.load(split);
  const Attribute* attribute = choose_attribute(arguments, examples);
  const Latent codes = split_codes(run, split, examples, arguments.quiet());
  const space::Projection plane = choose_projection(arguments, run, codes);
  const Tensor chosen = rows_with_values(attribute, choose_images(arguments, codes.code.size(0)));
  const Tensor coordinates = plane.coordinates(codes.code.index_select(0, chosen));

  const std::string suffix = cdf ? ", after the normal CDF" : "";
  visual::Scatter scatter{
      .title = fmt::format("Latents of the {} split ({})", to_string(split),
                           counted(chosen.numel(), run.experiment.data.example_noun())),
      .x_label = plane.names[0] + suffix,
      .y_label = plane.names[1] + suffix,
      .points = cdf ? at::special_ndtr(coordinates) : coordinates,
      .unit_square = cdf};
  if (attribute != nullptr) {
    scatter.values = attribute->values.index_select(0, chosen);
    scatter.classes = attribute->words();
    scatter.legend = attribute->name;
  }
  Tensor condition = run.condition.rows(examples.attributes, examples.count());
  if (condition.defined()) condition = condition.index_select(0, chosen);
  add_pictures(scatter, run, plane, coordinates, condition, decoded);
  const auto path =
      plot_path(arguments, run.directory.path(), fmt::format("latents{}.png", cdf ? "-cdf" : ""));
  visual::write_scatter(path, scatter);
  return {{"images", chosen.numel()},
          {"axes", {plane.names[0], plane.names[1]}},
          {"attribute", scatter.legend},
          {"decoded", scatter.thumbnails.defined() ? scatter.thumbnails.size(0) : 0},
          {"written", {path.string()}}};
}

}  // namespace latent
