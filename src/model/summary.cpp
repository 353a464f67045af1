#include "model/summary.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "model/layer_kinds.h"

namespace latent {
namespace {

using Rows = std::vector<LayerSummary>;

// input: sizes for one image.
LayerSummary summary_row(const std::string& name, const LayerSpec& spec,
                         const std::vector<int64_t>& input) {
  return {.name = name,
          .description = description(spec),
          .shape = output_shape(spec, input),
          .parameters = parameter_count(spec),
          .statistics = statistics_count(spec),
          .multiply_adds = multiply_adds(spec, input)};
}

// Adds the layers, one after another. Returns the sizes of the last one's output.
std::vector<int64_t> add_rows(const std::vector<NamedSpec>& layers, const std::string& prefix,
                              std::vector<int64_t> sizes, Rows& rows) {
  for (const auto& [name, spec] : layers) {
    rows.push_back(summary_row(prefix + name, spec, sizes));
    sizes = rows.back().shape;
  }
  return sizes;
}

// Adds the parts of a bottleneck with weights, each of which takes the features, and a row for
// weights of its own. A part without weights, an activation, stands in the row of the part before
// it.
void add_bottleneck_rows(const LayerSpec& bottleneck, const std::vector<int64_t>& features,
                         Rows& rows) {
  LayerSpec own = bottleneck;
  own.parts.clear();
  for (const auto& [name, spec] : bottleneck.parts) {
    if (parameter_count(spec) > 0) {
      rows.push_back(summary_row("bottleneck." + name, spec, features));
    } else {
      rows.back().description += ", " + description(spec);
    }
  }
  if (parameter_count(own) + statistics_count(own) > 0) {
    rows.push_back({.name = "bottleneck",
                    .description = description(bottleneck),
                    .shape = output_shape(bottleneck, features),
                    .parameters = parameter_count(own),
                    .statistics = statistics_count(own)});
  }
}

}  // namespace

std::vector<LayerSummary> summarize(const ModelSpec& model) {
  Rows rows;
  const ImageShape& input = model.input;
  const bool conditioned = model.condition > 0;
  if (conditioned) add_rows(model.plane, "condition.", {model.condition}, rows);
  const auto features =
      add_rows(model.encoder, "encoder.",
               {input.channels + (conditioned ? 1 : 0), input.height, input.width}, rows);
  add_bottleneck_rows(model.bottleneck, features, rows);
  auto latents = model.latents;
  latents.front() += model.condition;
  add_rows(model.decoder, "decoder.", latents, rows);
  return rows;
}

std::string summary_table(const std::vector<LayerSummary>& summary) {
  size_t name_width = 5, description_width = 4;
  int64_t parameters = 0, statistics = 0;
  for (const auto& row : summary) {
    name_width = std::max(name_width, row.name.size());
    description_width = std::max(description_width, row.description.size());
    parameters += row.parameters;
    statistics += row.statistics;
  }
  std::string table = fmt::format("{:<{}}  {:<{}}  {:>14}  {:>10}\n", "layer", name_width, "what",
                                  description_width, "output", "parameters");
  for (const auto& row : summary) {
    table +=
        fmt::format("{:<{}}  {:<{}}  {:>14}  {:>10}\n", row.name, name_width, row.description,
                    description_width, fmt::format("{}", fmt::join(row.shape, "x")),
                    row.parameters + row.statistics == 0 ? "" : std::to_string(row.parameters));
  }
  table += fmt::format("{} trainable parameters", parameters);
  if (statistics > 0) {
    table += fmt::format(", {} with the running statistics of batch normalisation",
                         parameters + statistics);
  }
  return table;
}

}  // namespace latent
