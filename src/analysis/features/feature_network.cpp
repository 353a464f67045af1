#include "analysis/features/feature_network.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "config/config.h"
#include "core/error.h"
#include "model/layer_kinds.h"
#include "model/registry.h"

namespace latent {
namespace {

constexpr int64_t kSmallestMap = 7;
constexpr size_t kMostLayers = 8;

// "[32, 64, 64]": as many convolutions of stride 2 as lead to a map of kSmallestMap or less.
std::string channels_for(const ImageShape& shape) {
  std::vector<int64_t> channels{32};
  for (int64_t side = (std::max(shape.height, shape.width) + 1) / 2;
       side > kSmallestMap && channels.size() < kMostLayers; side = (side + 1) / 2)
    channels.push_back(64);
  return fmt::format("[{}]", fmt::join(channels, ", "));
}

// The keys of both networks, as a config would give them.
std::string keys_for(const ImageShape& shape, const std::string& dense) {
  return R"({"normalization": "batch", "channels": )" + channels_for(shape) + ", \"dense\": [" +
         dense + "]}";
}

// An autoencoder's features are what its decoder gets, without an activation.
EncoderNetwork feature_encoder(const FeaturePlan& plan) {
  const bool dense = plan.task != FeatureTask::kImages;
  Config config =
      Config::parse(keys_for(plan.shape, dense ? std::to_string(kFeatures) : ""), "features");
  Section section = config.root();
  EncoderNetwork made =
      encoders().find("conv", "features").configure(section)(plan.shape, FeatureKind::kRow);
  if (!dense) made.layers->add("features", make_dense(made.features[0], kFeatures));
  return made;
}

std::shared_ptr<Network> feature_decoder(const ImageShape& shape) {
  Config config = Config::parse(keys_for(shape, ""), "features"), none = Config::parse("{}", "");
  Section encoder = config.root(), own = none.root();
  return decoders().find("conv", "features").configure(own, encoder)({kFeatures}, shape);
}

std::shared_ptr<Network> label_head(int64_t outputs) {
  auto head = std::make_shared<Network>();
  head->add("logits", make_dense(kFeatures, outputs));
  return head;
}

int64_t products(const Network& network, std::vector<int64_t> sizes) {
  int64_t sum = 0;
  for (const auto& [name, spec] : network.specs()) {
    sum += multiply_adds(spec, sizes);
    sizes = output_shape(spec, sizes);
  }
  return sum;
}

}  // namespace

std::string to_string(FeatureTask task) {
  if (task == FeatureTask::kClasses) return "classifier";
  return task == FeatureTask::kYesNo ? "attributes" : "autoencoder";
}

FeatureNetwork::FeatureNetwork(const FeaturePlan& plan) : plan_(plan) {
  if (plan.shape.height * plan.shape.width < 2) {
    throw Error("features: images of " + plan.shape.text() +
                " are too small for a convolution; expected 2 pixels or more");
  }
  encoder_ = register_module("encoder", feature_encoder(plan).layers);
  head_ = register_module("head", plan.task == FeatureTask::kImages ? feature_decoder(plan.shape)
                                                                    : label_head(plan.outputs));
}

void FeatureNetwork::initialize(at::Generator& generator) {
  encoder_->initialize(Initialization::kTorch, generator);
  head_->initialize(Initialization::kTorch, generator);
}

int64_t FeatureNetwork::multiply_adds() const {
  return products(*encoder_, {plan_.shape.channels, plan_.shape.height, plan_.shape.width}) +
         products(*head_, {kFeatures});
}

std::map<std::string, Tensor> FeatureNetwork::tensors() const {
  std::map<std::string, Tensor> all;
  for (const auto& item : named_parameters())
    all[item.key()] = item.value().detach();
  for (const auto& item : named_buffers())
    all[item.key()] = item.value();
  return all;
}

}  // namespace latent
