#include "export/onnx/parts.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "core/version.h"
#include "export/onnx/layers.h"

namespace latent::onnx {
namespace {

using Sizes = std::vector<int64_t>;
using Json = nlohmann::ordered_json;

Sizes sizes_of(const ImageShape& shape) { return {shape.channels, shape.height, shape.width}; }

// Writes the graph of one part of a run.
class PartWriter {
 public:
  PartWriter(const OpenedRun& run, const PartOptions& options, std::string name)
      : run_(run), options_(options), name_(std::move(name)), spec_(run.model->spec()) {}

  // The images that the encoder takes, as numbers from 0 to 1.
  Sized images() {
    const Sizes sizes = sizes_of(spec_.input);
    if (!options_.bytes) return {graph_.input("images", ElementType::kFloat, sizes), sizes};
    const Value bytes = graph_.input("images", ElementType::kByte, sizes);
    const Value numbers = graph_.add("Cast", {bytes}, "image_numbers", {{"to", int64_t{1}}});
    return {graph_.add("Div", {numbers, number("white", 255)}, "pixels"), sizes};
  }

  Sized latents() {
    Sizes sizes{run_.model->latent_dim()};
    return {graph_.input("z", ElementType::kFloat, sizes), sizes};
  }

  // The code, [N, Z].
  Sized encode(const Sized& images) {
    const Sized features =
        write_layers(graph_, spec_.encoder, "encoder", images_with_condition(images));
    Sized code = write_layer(graph_, {spec_.bottleneck, "bottleneck"}, features);
    if (code.sizes.size() > 1) code.value = graph_.add("Flatten", {code.value}, "code_row");
    code.sizes = {run_.model->latent_dim()};
    return code;
  }

  // Pictures in [0, 1]; of a table, rows of any numbers.
  Sized decode(const Sized& z) {
    Sized latents{z.value, spec_.latents};
    if (latents.sizes.size() > 1) {
      Sizes shape = latents.sizes;
      shape.insert(shape.begin(), 0);
      latents.value =
          graph_.add("Reshape", {z.value, graph_.constant("latent_shape", shape)}, "latent_map");
    }
    const Sized decoded =
        write_layers(graph_, spec_.decoder, "decoder", latents_with_condition(latents));
    Sized picture =
        write_layer(graph_, {run_.objective->likelihood().picture_spec(), "picture"}, decoded);
    if (!run_.experiment.data.is_table())
      picture.value = graph_.add(
          "Clip", {picture.value, number("black", 0), number("one_white", 1)}, "clipped");
    return picture;
  }

  Value number(const std::string& name, double value) {
    return graph_.constant(name, at::scalar_tensor(value, at::kFloat));
  }

  Graph& graph() { return graph_; }

  void output(const std::string& name, const Sized& x, ElementType type = ElementType::kFloat) {
    graph_.output(name, type, x.sizes, x.value);
  }

  std::string file() const {
    std::map<std::string, std::string> metadata{
        {"latent.version", version()},
        {"latent.part", name_},
        {"latent.fingerprint", fmt::format("{:08x}", run_.data.training.digest)},
        {"latent.step", std::to_string(run_.step)},
        {"latent.preprocessing", preprocessing()}};
    if (!run_.condition.empty()) metadata["latent.condition"] = run_.condition.text();
    return graph_.file(name_, metadata);
  }

 private:
  Value condition() {
    if (condition_.empty())
      condition_ = graph_.input("condition", ElementType::kFloat, {spec_.condition});
    return condition_;
  }

  // Appends the plane that is made of the condition, as one more channel.
  Sized images_with_condition(const Sized& images) {
    if (spec_.condition == 0) return images;
    const Sized plane =
        write_layers(graph_, spec_.plane, "condition", {condition(), {spec_.condition}});
    return joined(images, plane, "images");
  }

  // Appends the condition to latents: numbers to a row, constant channels to a map.
  Sized latents_with_condition(const Sized& x) {
    if (spec_.condition == 0) return x;
    Sized rows{condition(), {spec_.condition}};
    if (x.sizes.size() > 1) {
      const Value map = graph_.add(
          "Reshape", {rows.value, graph_.constant("condition_map", {0, spec_.condition, 1, 1})},
          "latents_condition");
      const Value size = graph_.constant("latents_size", {1, 1, x.sizes[1], x.sizes[2]});
      rows.value = graph_.add("Expand", {map, size}, "latents_condition_map");
    }
    return joined(x, rows, "latents");
  }

  Sized joined(const Sized& x, const Sized& more, const std::string& what) {
    Sizes sizes = x.sizes;
    sizes[0] += more.sizes[0];
    std::string name = what;
    name += "_with_condition";
    return {graph_.add("Concat", {x.value, more.value}, name, {{"axis", int64_t{1}}}), sizes};
  }

  // What was done to an image file before the encoder got it, as JSON.
  std::string preprocessing() const {
    const Json& data = run_.config.resolved().at("data");
    Json json{{"input", options_.bytes ? "uint8, 0 to 255" : "float, 0 to 1"},
              {"layout", "N x C x H x W, RGB"}};
    for (const char* key : {"size", "channels", "fit", "filter", "pad_to", "black", "white"}) {
      if (data.contains(key)) json[key] = data.at(key);
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  const OpenedRun& run_;
  PartOptions options_;
  std::string name_;
  ModelSpec spec_;
  Graph graph_;
  Value condition_;
};

std::string always(const OpenedRun&) { return ""; }

std::string needs_pictures(const OpenedRun& run) {
  return run.experiment.data.is_table() ? "needs images; the run's examples are rows of a table"
                                        : "";
}

std::string needs_equal_sizes(const OpenedRun& run) {
  if (run.model->input_shape() == run.model->output_shape()) return "";
  return fmt::format("compares images with their reconstructions; the run makes {} of {}",
                     run.model->output_shape().text(), run.model->input_shape().text());
}

std::string encoder_file(const OpenedRun& run, const PartOptions& options) {
  PartWriter part(run, options, "encoder");
  part.output("code", part.encode(part.images()));
  return part.file();
}

std::string decoder_file(const OpenedRun& run, const PartOptions& options) {
  PartWriter part(run, options, "decoder");
  part.output("pictures", part.decode(part.latents()));
  return part.file();
}

std::string autoencoder_file(const OpenedRun& run, const PartOptions& options) {
  PartWriter part(run, options, "autoencoder");
  part.output("pictures", part.decode(part.encode(part.images())));
  return part.file();
}

std::string detector_file(const OpenedRun& run, const PartOptions& options) {
  PartWriter part(run, options, "detector");
  Graph& graph = part.graph();
  const Sized images = part.images();
  const Sized pictures = part.decode(part.encode(images));
  const Value difference = graph.add("Sub", {images.value, pictures.value}, "difference");
  const Value squared = graph.add("Mul", {difference, difference}, "squared");
  const Value channels = graph.constant("channel_axis", {1}),
              pixels = graph.constant("axes", {1, 2});
  const Attribute drop{"keepdims", int64_t{0}};
  const Value map = graph.add("ReduceSum", {squared, channels}, "error_of_pixels", {drop});
  const Value score = graph.add("ReduceSum", {map, pixels}, "error_of_image", {drop});
  const Value flag =
      graph.add("Greater", {score, part.number("threshold", options.threshold)}, "above");
  part.output("score", {score, {}});
  part.output("flag", {flag, {}}, ElementType::kBool);
  part.output("error_map", {map, {images.sizes[1], images.sizes[2]}});
  return part.file();
}

std::string generator_file(const OpenedRun& run, const PartOptions& options) {
  PartWriter part(run, options, "generator");
  Graph& graph = part.graph();
  Sized pictures = part.decode(part.latents());
  const Value levels = graph.add("Mul", {pictures.value, part.number("levels", 255)}, "levels_of");
  const Value rounded = graph.add("Round", {levels}, "rounded");
  Value bytes = graph.add("Cast", {rounded}, "bytes", {{"to", int64_t{2}}});
  if (pictures.sizes[0] == 1) {
    bytes = graph.add("Concat", {bytes, bytes, bytes}, "three_channels", {{"axis", int64_t{1}}});
    pictures.sizes[0] = 3;
  }
  part.output("images", {bytes, pictures.sizes}, ElementType::kByte);
  return part.file();
}

}  // namespace

const Registry<PartRow>& parts() {
  static Registry<PartRow> registry(
      "part",
      {
          {"encoder", "images to codes [N, Z]", always, false, encoder_file},
          {"decoder", "latents z [N, Z] to pictures [N, C, H, W] in [0, 1]", always, false,
           decoder_file},
          {"autoencoder", "images to their reconstructions", always, false, autoencoder_file},
          {"detector",
           "images to their squared error (score), whether it is above the threshold (flag), and "
           "the error of each pixel (error_map)",
           needs_equal_sizes, true, detector_file},
          {"generator", "latents z to images as uint8 [N, 3, H, W]", needs_pictures, false,
           generator_file},
      });
  return registry;
}

}  // namespace latent::onnx
