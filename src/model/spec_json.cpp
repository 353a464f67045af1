#include "model/spec_json.h"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSpecFormat = 1;

Json shape_json(const ImageShape& shape) { return {shape.channels, shape.height, shape.width}; }

Json sizes_json(const std::vector<std::pair<std::string, Tensor>>& tensors) {
  Json json = Json::object();
  for (const auto& [name, tensor] : tensors)
    json[name] = tensor.sizes().vec();
  return json;
}

Json options_json(const LayerSpec& spec) {
  Json json = Json::object();
  for (const auto& [name, value] : spec.integers)
    json[name] = value;
  for (const auto& [name, value] : spec.lists)
    json[name] = value;
  for (const auto& [name, value] : spec.numbers)
    json[name] = value;
  return json;
}

Json layers_json(const std::vector<NamedSpec>& layers);

Json layer_json(const LayerSpec& spec) {
  Json json{{"kind", spec.kind}};
  const auto put = [&](const char* key, Json value) {
    if (!value.empty()) json[key] = std::move(value);
  };
  put("options", options_json(spec));
  put("weights", sizes_json(spec.weights));
  put("statistics", sizes_json(spec.statistics));
  put("parts", layers_json(spec.parts));
  return json;
}

Json layers_json(const std::vector<NamedSpec>& layers) {
  Json all = Json::array();
  for (const auto& [name, spec] : layers) {
    Json json{{"name", name}};
    json.update(layer_json(spec));
    all.push_back(std::move(json));
  }
  return all;
}

}  // namespace

nlohmann::ordered_json spec_json(const Autoencoder& model, const LayerSpec& picture) {
  const ModelSpec spec = model.spec();
  const Prior* prior = model.bottleneck().prior();
  const bool normal = prior != nullptr && prior->is_standard_normal();
  return {{"format", kSpecFormat},
          {"input", shape_json(spec.input)},
          {"output", shape_json(model.output_shape())},
          {"latents", spec.latents},
          {"prior", normal ? Json("normal") : Json()},
          {"condition", spec.condition},
          {"plane", layers_json(spec.plane)},
          {"encoder", layers_json(spec.encoder)},
          {"bottleneck", layer_json(spec.bottleneck)},
          {"decoder", layers_json(spec.decoder)},
          {"picture", layer_json(picture)}};
}

}  // namespace latent
