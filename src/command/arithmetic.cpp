#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "analysis/direction_effect.h"
#include "command/expression.h"
#include "command/flags/inputs.h"
#include "command/flags/latent_tensors.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/output/animation.h"
#include "command/output/name_index.h"
#include "core/error.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "visual/frames.h"

namespace latent {
namespace {

constexpr int64_t kMaxStrengths = 100;

// "Male,Young" is two attributes, "label=Coat,Shirt" one group of classes.
std::vector<std::string> attribute_list(const std::vector<std::string>& flags) {
  std::vector<std::string> all;
  for (const auto& text : flags) {
    if (text.find('=') != std::string::npos) {
      all.push_back(text);
      continue;
    }
    for (const auto& name : split_at_commas(text))
      all.push_back(name);
  }
  return all;
}

Tensor read_strengths(const Arguments& arguments) {
  return at::tensor(arguments.series("strength", kMaxStrengths), at::kDouble);
}

// Codes moved along the direction, and their pictures: z [S, N, Z], images [S, N, C, H, W].
struct Moved {
  Tensor z, images;
};

Moved moved(const OpenedRun& run, const Latent& latent, const ShownDirection& chosen,
            const Tensor& strengths) {
  const Tensor step = chosen.effect.deviations * chosen.found.direction.step();
  const int64_t count = strengths.numel();
  const Tensor offsets = strengths.to(latent.code.scalar_type()).view({count, 1, 1}) * step;
  const Tensor z = run.model->bottleneck().nearest_valid(latent.code + offsets);
  Tensor condition = latent.condition;
  if (condition.defined()) condition = condition.repeat({count, 1});
  const Tensor images = run.pictures(z.flatten(0, 1), condition);
  return {z, images.unflatten(0, {count, latent.code.size(0)})};
}

std::vector<std::string> strength_captions(const Tensor& strengths) {
  std::vector<std::string> captions;
  for (int64_t i = 0; i < strengths.numel(); ++i) {
    const auto strength = strengths[i].item<double>();
    captions.push_back(std::abs(strength) < 1e-9 ? "0" : fmt::format("{:+.3g}", strength));
  }
  return captions;
}

// A row for each image: the image, then its picture at each strength. moved: [S, N, C, H, W].
Picture strip(const ExampleBatch& inputs, const Tensor& moved,
              const std::vector<std::string>& captions, const Arguments& arguments) {
  const Tensor rows = at::cat({inputs.images.unsqueeze(1), moved.transpose(0, 1)}, 1);
  visual::GridOptions options = visual::grid_options(read_look(arguments, Draws::kStrips));
  options.columns = rows.size(1);
  if (options.title.empty()) options.title = arguments.text("attribute");
  options.column_captions = {"image"};
  options.column_captions.insert(options.column_captions.end(), captions.begin(), captions.end());
  if (arguments.flag("captions")) options.row_captions = inputs.names;
  return visual::grid(rows.flatten(0, 1), options);
}

// "High_Cheekbones +0.41, Male -0.12", the largest first.
std::string moves_along(const DirectionEffect& effect) {
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(3, effect.others.size()); ++i) {
    const auto& [name, shift] = effect.others[i];
    if (std::abs(shift) >= 0.05)
      text += fmt::format("{}{} {:+.2f}", text.empty() ? "" : ", ", name, shift);
  }
  return text.empty() ? "no other attribute by more than 0.05" : text;
}

std::string describe_effect(const AttributeQuery& query, const DirectionEffect& effect) {
  return fmt::format(
      "strength 1 changes the pictures by {:.3f} RMS of white ({:.2f} standard deviations along "
      "the "
      "direction)\nat +{:g} a linear classifier of pixels reads more {} in {:.0f}% of the "
      "validation pictures, {:+.2f} standard deviations; along with it move: {}\n",
      effect.change, effect.deviations, kEffectStrength, query.attribute, 100 * effect.risen,
      effect.shift, moves_along(effect));
}

// A line for each method that was compared.
std::string compared(const std::vector<ShownDirection>& all, const ShownDirection& chosen) {
  if (all.size() < 2) return "";
  std::string text = "methods by how well they show it (its shift less the others' mean shift):";
  for (const auto& one : all) {
    text += fmt::format("{} {} {:.2f} ({:+.2f} less {:.2f})", &one == &all.front() ? "" : ",",
                        space::to_string(one.method), one.effect.shown(), one.effect.shift,
                        one.effect.beside);
  }
  return text + "; used: " + space::to_string(chosen.method) + "\n";
}

std::string describe(const AttributeQuery& query, const AttributeDirection& found) {
  const std::string separability =
      std::isnan(found.auroc)
          ? "AUROC unknown"
          : fmt::format("AUROC {:.3f} on the validation split (0.5: chance, 1: perfect)",
                        found.auroc);
  return fmt::format(
      "{} by {}{}: {}\nof the training images {} have it and {} do not{}; their means are {:.2f} "
      "standard deviations apart along the direction\n",
      query.attribute, space::to_string(query.method),
      query.orthogonal_to.empty() ? "" : " without " + join(query.orthogonal_to), separability,
      found.positives, found.negatives,
      found.unknown > 0 ? fmt::format(", {} are unknown and left out", found.unknown) : "",
      found.distance);
}

std::string stem_of(const AttributeQuery& query, const Arguments& arguments) {
  std::string stem = query.attribute + "-" + space::to_string(query.method);
  for (const auto& other : query.orthogonal_to)
    stem += "-without-" + other;
  for (char& letter : stem) {
    if (letter == '/' || letter == '=' || letter == ',' || letter == ' ') letter = '-';
  }
  return stem.substr(0, 120) + "-" + inputs_stem(arguments);
}

// Frames over the range of the strengths, in finer steps.
std::vector<Picture> animate(const OpenedRun& run, const Latent& latent,
                             const ShownDirection& chosen, const Tensor& strengths,
                             const Arguments& arguments) {
  const Tensor finer = at::linspace(strengths[0].item<double>(), strengths[-1].item<double>(),
                                    arguments.integer("frames", 2, 1000), at::kDouble);
  std::vector<std::string> captions;
  if (arguments.flag("captions")) {
    for (const auto& strength : strength_captions(finer))
      captions.push_back(arguments.text("attribute") + " " + strength);
  }
  return visual::frames(moved(run, latent, chosen, finer).images.unbind(), captions,
                        visual::frame_options(read_look(arguments, Draws::kStrips)));
}

nlohmann::ordered_json effect_json(const DirectionEffect& effect) {
  nlohmann::ordered_json others = nlohmann::ordered_json::object();
  for (const auto& [name, shift] : effect.others)
    others[name] = shift;
  return {{"deviations", effect.deviations},
          {"change", effect.change},
          {"shift", effect.shift},
          {"risen", effect.risen},
          {"beside", effect.beside},
          {"shown", effect.shown()},
          {"others", others}};
}

nlohmann::ordered_json as_json(const AttributeQuery& query, const ShownDirection& chosen,
                               const std::vector<ShownDirection>& all) {
  const AttributeDirection& found = chosen.found;
  nlohmann::ordered_json json{
      {"attribute", query.attribute},         {"method", space::to_string(query.method)},
      {"orthogonal_to", query.orthogonal_to}, {"auroc", nullptr},
      {"distance", found.distance},           {"positives", found.positives},
      {"negatives", found.negatives},         {"unknown", found.unknown}};
  if (!std::isnan(found.auroc)) json["auroc"] = found.auroc;
  json["effect"] = effect_json(chosen.effect);
  for (const auto& one : all)
    json["methods"][space::to_string(one.method)] = effect_json(one.effect);
  return json;
}

// The methods that --method names: all of them for auto.
std::vector<space::Method> asked_methods(const Arguments& arguments) {
  if (arguments.text("method") == "auto")
    return {std::begin(space::kMethods), std::end(space::kMethods)};
  return {arguments.parsed("method", [](const std::string& name) {
    try {
      return space::parse_method(name);
    } catch (const Error& wrong) {
      throw Error(std::string(wrong.what()) + " or auto");
    }
  })};
}

void run_attribute(const Arguments& arguments) {
  check_latent_tensors(arguments);
  arguments.refuse({"let"}, "for --expression; --attribute moves FILES or images of --split");
  AttributeQuery query{.attribute = arguments.text("attribute"),
                       .orthogonal_to = attribute_list(arguments.texts("orthogonal-to")),
                       .attribute_from = "--attribute",
                       .orthogonal_from = "--orthogonal-to"};
  const auto methods = asked_methods(arguments);
  const Tensor strengths = read_strengths(arguments);
  const OpenedRun run = open_run(arguments);
  expect_images(run, "arithmetic");
  output_paths(arguments, {}, arguments.flag("gif"));  // refuses a wrong --out before the work
  const auto all = shown_directions(run, query, methods, arguments.quiet());
  const ShownDirection& chosen = *std::max_element(
      all.begin(), all.end(),
      [](const auto& a, const auto& b) { return a.effect.shown() < b.effect.shown(); });
  query.method = chosen.method;
  const OutputPaths paths =
      output_paths(arguments, run.directory.image("arithmetic", stem_of(query, arguments)),
                   arguments.flag("gif"));
  const ExampleBatch inputs = read_inputs(arguments, run);
  const Latent latent = run.encode(inputs);
  const auto [z, images] = moved(run, latent, chosen, strengths);
  const Picture still = strip(inputs, images, strength_captions(strengths), arguments);
  std::vector<Picture> frames;
  if (paths.animated()) frames = animate(run, latent, chosen, strengths, arguments);
  auto written = write_pictures(arguments, paths, still, frames);
  if (!paths.strip.empty()) write_name_index(arguments, inputs.names, paths.strip, written);
  write_latent_tensors(
      arguments,
      {{"z", z.transpose(0, 1)}, {"images", images.transpose(0, 1)}, {"inputs", inputs.images}},
      written);
  auto json = as_json(query, chosen, all);
  json["written"] = written;
  print_result(arguments, json,
               describe(query, chosen.found) + describe_effect(query, chosen.effect) +
                   compared(all, chosen) + join(written, "\n") + "\n");
}

}  // namespace

void declare_arithmetic(cxxopts::Options& options) {
  declare_run(options);
  declare_inputs(options, "4");
  declare_animation(options);
  declare_expression(options);
  options.add_options()("attribute,label",
                        "move images along this attribute: Smiling, or label=Sneaker,Sandal for a "
                        "class or a group of classes",
                        cxxopts::value<std::string>(), "NAME");
  options.add_options()(
      "strength",
      "how far to move, low:high:count; 1 changes the pictures by 4% of white, root mean square",
      cxxopts::value<std::string>()->default_value("-3:3:7"), "RANGE");
  options.add_options()("method",
                        "how to find the direction: mean (difference of the means with and without "
                        "the attribute), logistic (logistic regression, which separates better), "
                        "covariance (its weights times the latents' covariance), regression "
                        "(difference of the means after regressing out the other attributes), or "
                        "auto (the one that shows the attribute best)",
                        cxxopts::value<std::string>()->default_value("auto"), "NAME");
  options.add_options()("orthogonal-to",
                        "keep these attributes unchanged, such as Male,Young (repeatable)",
                        cxxopts::value<std::vector<std::string>>(), "NAMES");
  declare_latent_tensors(options, "z [N, S, Z], images [N, S, C, H, W] and inputs [N, C, H, W]");
  options.add_options()("gif", "also write an animation");
  options.add_options()("frames", "frames of the animation",
                        cxxopts::value<int64_t>()->default_value("25"), "N");
}

void run_arithmetic(const Arguments& arguments) {
  if (arguments.has("attribute") == arguments.has("expression")) {
    throw UsageError(
        "expected either --attribute Smiling or --expression \"A - B + C\" with an image for each "
        "letter");
  }
  if (arguments.has("attribute")) return run_attribute(arguments);
  run_expression(arguments);
}

}  // namespace latent
