#include "command/plot/latent_plane.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "command/flags/attribute.h"
#include "core/error.h"
#include "core/random.h"
#include "core/text/suggest.h"
#include "session/codes.h"
#include "space/usage.h"

namespace latent {
namespace {

std::string axis_name(const OpenedRun& run, const Tensor& usage, int64_t latent) {
  const auto used = usage[latent].item<double>();
  if (run.model->bottleneck().has_posterior())
    return fmt::format("z{} (KL {:.2f} nats)", latent, used);
  return fmt::format("z{} (variance {:.3g})", latent, used);
}

// The two latents that --axes names.
std::vector<int64_t> choose_latents(const Arguments& arguments, const Tensor& usage) {
  std::string axes = arguments.text("axes");
  if (axes == "used") {
    auto order = space::most_used_first(usage);
    order.resize(2);
    if (usage.numel() == 2) std::sort(order.begin(), order.end());
    return order;
  }
  // As charts name them, z0 and z3, or as CSV files do, mean_0 and mean_3.
  for (const std::string name : {"mean_", "z"}) {
    for (size_t at = axes.find(name); at != std::string::npos; at = axes.find(name))
      axes.erase(at, name.size());
  }
  if (axes.find_first_not_of("0123456789,") != std::string::npos)
    throw UsageError("--axes " + arguments.text("axes") +
                     ": expected used, pca, or two latents such as 0,3");
  const auto latents = parse_indices(axes, "axes");
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

// Random images of the split, at most `most`.
Tensor choose_images(const Arguments& arguments, int64_t images, int64_t most) {
  auto noise = generator(arguments.seed(), Stream::kPictures);
  return at::randperm(images, noise, at::kLong).narrow(0, 0, std::min(most, images));
}

void check_cdf(const OpenedRun& run) {
  const Prior* prior = run.model->bottleneck().prior();
  if (prior && prior->is_standard_normal()) return;
  throw Error(
      "--cdf: a plain autoencoder has no prior to make uniform; expected a run with "
      "model.bottleneck \"gaussian\"");
}

void set_colours(visual::Scatter& scatter, const Attribute* attribute, const Tensor& chosen) {
  if (attribute == nullptr) return;
  scatter.values = attribute->values.index_select(0, chosen);
  scatter.classes = attribute->words();
  scatter.legend = attribute->name;
}

}  // namespace

LatentPlane latent_plane(const Arguments& arguments, const OpenedRun& run,
                         const PlaneRequest& request) {
  const Split split = arguments.parsed("split", parse_split);
  if (request.cdf) check_cdf(run);
  const Examples examples = run.load(split);
  const Latent codes = split_codes(run, split, examples, request.quiet);
  LatentPlane plane{.projection = choose_projection(arguments, run, codes),
                    .chosen = {},
                    .coordinates = {},
                    .condition = {},
                    .scatter = {}};
  const Attribute* attribute = nullptr;
  if (request.coloured || arguments.has("attribute"))
    attribute = choose_colour(arguments, examples, plane.projection.coordinates(codes.code));
  plane.chosen =
      rows_with_values(attribute, choose_images(arguments, codes.code.size(0), request.most));
  plane.coordinates = plane.projection.coordinates(codes.code.index_select(0, plane.chosen));
  plane.condition = run.condition.rows(examples.attributes, examples.count());
  if (plane.condition.defined()) plane.condition = plane.condition.index_select(0, plane.chosen);
  const std::string suffix = request.cdf ? ", after the normal CDF" : "";
  const std::string title = fmt::format(
      "Latents of the {} split ({}){}", to_string(split),
      counted(plane.chosen.numel(), run.experiment.data.example_noun()), request.title_end);
  plane.scatter = {.title = request.title.empty() ? title : request.title,
                   .x_label = plane.projection.names[0] + suffix,
                   .y_label = plane.projection.names[1] + suffix,
                   .points = request.cdf ? at::special_ndtr(plane.coordinates) : plane.coordinates,
                   .unit_square = request.cdf};
  set_colours(plane.scatter, attribute, plane.chosen);
  return plane;
}

Tensor chart_points(const LatentPlane& plane, const Tensor& z) {
  const Tensor points = plane.projection.coordinates(z);
  return plane.scatter.unit_square ? at::special_ndtr(points) : points;
}

Tensor latents_at(const LatentPlane& plane, const Tensor& points) {
  constexpr double kEdge = 1e-3;  // beyond it a probability would be an infinite latent
  return plane.projection.unproject(
      plane.scatter.unit_square ? at::special_ndtri(points.clamp(kEdge, 1 - kEdge)) : points);
}

int64_t count_or(const Arguments& arguments, int64_t otherwise, int64_t low, int64_t high) {
  return arguments.has("count") ? arguments.integer("count", low, high) : otherwise;
}

}  // namespace latent
