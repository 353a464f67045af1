#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>

#include "analysis/components.h"
#include "analysis/pca_comparison.h"
#include "command/flags/attribute.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "core/text/suggest.h"
#include "space/projection.h"
#include "visual/scatter.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kMaxScattered = 10'000;

Json describe_error(double squared, const OpenedRun& run) {
  return {{"squared_error", squared},
          {"mse", squared / static_cast<double>(run.model->output_shape().values())}};
}

void add_subspace(Json& json, const std::optional<Tensor>& columns,
                  const statistics::PrincipalComponents& components) {
  json["linear_decoder"] = columns.has_value();
  json["overlap"] = nullptr;
  json["angles_degrees"] = Json::array();
  if (!columns) return;
  const Tensor cosines = statistics::subspace_cosines(*columns, components.axes.t());
  json["overlap"] = statistics::subspace_overlap(cosines, components.axes.size(0));
  for (int64_t i = 0; i < cosines.numel(); ++i)
    json["angles_degrees"].push_back(std::acos(cosines[i].item<double>()) * 180 / std::numbers::pi);
}

visual::Scatter scatter_of(const std::string& title, const space::Projection& plane,
                           const Tensor& coordinates, const Attribute* attribute,
                           const Tensor& chosen) {
  visual::Scatter scatter{.title = title,
                          .x_label = plane.names[0],
                          .y_label = plane.names[1],
                          .points = plane.coordinates(coordinates.index_select(0, chosen))};
  if (attribute == nullptr) return scatter;
  scatter.values = attribute->values.index_select(0, chosen);
  scatter.classes = attribute->words();
  scatter.legend = attribute->name;
  return scatter;
}

// Two latents are drawn as they are; more are projected onto their own principal directions, for a
// fair comparison with PCA.
void draw(const std::filesystem::path& path, const PcaComparison& found,
          const statistics::PrincipalComponents& components, const Attribute* attribute,
          uint64_t seed, const visual::Look& look) {
  auto noise = generator(seed, Stream::kPictures);
  const int64_t images = found.latents.size(0);
  const Tensor chosen = rows_with_values(
      attribute,
      at::randperm(images, noise, at::kLong).narrow(0, 0, std::min(kMaxScattered, images)));
  const bool many = found.latents.size(1) > 2;
  space::Projection plane = many ? space::principal_projection(found.latents)
                                 : space::latent_projection(found.latents, 0, 1);
  if (many) {
    for (auto& name : plane.names)
      name = "the latents' " + name;
  }
  space::Projection axes = space::latent_projection(found.coordinates, 0, 1);
  for (int64_t i = 0; i < 2; ++i) {
    axes.names[i] = fmt::format(
        "principal component {} ({:.0f}% of the variance)", i + 1,
        100 * components.variances[i].item<double>() / std::max(components.total_variance, 1e-300));
  }
  const int64_t latents = found.latents.size(1), count = components.axes.size(0);
  visual::write_scatters(path,
                         {scatter_of("Autoencoder, " + counted(latents, "latent"), plane,
                                     found.latents, attribute, chosen),
                          scatter_of("PCA, " + counted(count, "component"), axes, found.coordinates,
                                     attribute, chosen)},
                         look);
}

std::string pca_table(const Json& json, const std::string& word) {
  std::string text = fmt::format(
      "{} of the {} split, {}\n", counted(json["images"].get<int64_t>(), word),
      json["split"].get<std::string>(), counted(json["components"].get<int64_t>(), "component"));
  text += fmt::format("  {:<24}{:>18}{:>14}\n", "", "squared error", "per value");
  for (const char* who : {"model", "pca"}) {
    text += fmt::format("  {:<24}{:>18.5f}{:>14.6f}\n",
                        who[0] == 'm' ? "autoencoder" : "principal components",
                        json[who]["squared_error"].get<double>(), json[who]["mse"].get<double>());
  }
  if (!json["ratio"].is_null()) {
    text += fmt::format("  {:<24}{:>18.4f}\n", "autoencoder / PCA", json["ratio"].get<double>());
  }
  text += fmt::format("PCA explains {:.1f}% of the variance of the training {}s.\n",
                      100 * json["pca"]["explained_variance"].get<double>(), word);
  if (!json["linear_decoder"].get<bool>())
    return text + "The decoder is not linear, so it has no subspace to compare.\n";
  const auto& angles = json["angles_degrees"];
  return text + fmt::format("Subspaces: overlap {:.5f}, principal angles up to {:.2f} degrees.\n",
                            json["overlap"].get<double>(),
                            angles.empty() ? 90.0 : angles.back().get<double>());
}

}  // namespace

void declare_compare_pca(cxxopts::Options& options) {
  declare_run(options);
  declare_out(options,
              "scatter charts to write, .png, .jpg, .svg or .pdf (default: images/compare-pca/ of "
              "the run)");
  options.add_options()("split", "split to compare on: train, validation or test",
                        cxxopts::value<std::string>()->default_value("test"), "NAME");
  declare_attribute(options, "attribute that colours the points, or none");
  declare_look(options, Draws::kCharts);
}

void run_compare_pca(const Arguments& arguments) {
  const Split split = arguments.parsed("split", parse_split);
  arguments.picture("", true);  // refuses a wrong file type before the work
  const OpenedRun run = open_run(arguments);
  const Examples examples = run.load(split);
  const auto components =
      training_components(run, split == Split::kTrain ? examples : run.load(Split::kTrain));
  const PcaComparison found = compare_with_pca(run, components, examples, arguments.quiet());

  Json json{{"run", run.directory.path().string()},
            {"checkpoint", run.checkpoint},
            {"split", to_string(split)},
            {"images", examples.count()},
            {"components", components.axes.size(0)},
            {"model", describe_error(found.model, run)},
            {"pca", describe_error(found.pca, run)}};
  json["pca"]["explained_variance"] = components.explained();
  json["ratio"] =
      found.pca > 1e-9 * components.total_variance ? Json(found.model / found.pca) : Json();
  add_subspace(json, linear_decoder(run, found.latents), components);
  json["written"] = Json::array();
  std::string text = pca_table(json, run.experiment.data.example_noun());
  if (components.axes.size(0) < 2 || examples.count() < 2) {
    text += fmt::format("No scatter of one {}.\n",
                        examples.count() < 2 ? run.experiment.data.example_noun() : "component");
  } else {
    const Attribute* attribute = choose_colour(arguments, examples, found.coordinates);
    const auto path =
        arguments.picture(run.directory.image("compare-pca", to_string(split) + ".png"), true);
    draw(path, found, components, attribute, arguments.seed(), read_look(arguments, Draws::kPlots));
    json["written"].push_back(path.string());
    text += path.string() + "\n";
  }
  print_result(arguments, json, text);
}

}  // namespace latent
