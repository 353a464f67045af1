// Layers as data: what follows from a spec is what the layer does, for all that a config can name.
#include "model/layer_kinds.h"

#include <algorithm>
#include <map>
#include <set>

#include "model/activation.h"
#include "model/summary.h"
#include "unit/expect.h"
#include "unit/experiments.h"
#include "unit/own_parts.h"

namespace latent {
namespace {

constexpr ImageShape kSmallImage{3, 12, 10};

bool is_known(const std::string& kind) {
  const auto names = layer_kinds().names();
  return std::find(names.begin(), names.end(), kind) != names.end();
}

std::vector<int64_t> sizes_of_one(const Tensor& batch) { return batch.sizes().slice(1).vec(); }

// Adds the kinds of the spec and its parts to `kinds`, its tensors under their module paths to
// `tensors`.
void collect(const LayerSpec& spec, const std::string& prefix, std::set<std::string>& kinds,
             std::map<std::string, Tensor>& tensors) {
  kinds.insert(spec.kind);
  for (const auto* list : {&spec.weights, &spec.statistics}) {
    for (const auto& [name, tensor] : *list)
      tensors[prefix + name] = tensor;
  }
  for (const auto& part : spec.parts)
    collect(part.spec, prefix + part.name + ".", kinds, tensors);
}

// Returns how the spec contradicts the table and the module's tensors, or "".
std::string contradiction(const LayerSpec& spec, const torch::nn::Module& module) {
  std::set<std::string> kinds;
  std::map<std::string, Tensor> tensors;
  collect(spec, "", kinds, tensors);
  for (const auto& kind : kinds) {
    if (!is_known(kind)) return "no row for the kind \"" + kind + "\"";
  }
  size_t count = 0;
  for (const auto& own : {module.named_parameters(), module.named_buffers()}) {
    for (const auto& item : own) {
      const auto found = tensors.find(item.key());
      if (found == tensors.end() || !found->second.is_same(item.value()))
        return "the spec lacks " + item.key();
    }
    count += own.size();
  }
  return count == tensors.size() ? "" : "the spec has tensors that the module lacks";
}

// The same of a layer, and of the shape of its output for the batch x, which becomes that output.
std::string contradiction(Layer& layer, Tensor& x) {
  const LayerSpec spec = layer.spec();
  if (auto found = contradiction(spec, layer); !found.empty()) return found;
  const auto expected = output_shape(spec, sizes_of_one(x));
  x = layer.forward(x);
  return sizes_of_one(x) == expected ? "" : "the output has another shape than the spec says";
}

// Passes x through the layers of the network, each checked. Adds their kinds.
Tensor expect_specs(const torch::nn::Module& network, Tensor x, std::set<std::string>& kinds) {
  for (const auto& child : network.named_children()) {
    auto& layer = dynamic_cast<Layer&>(*child.value());
    EXPECT_EQ(contradiction(layer, x), "") << child.key();
    kinds.insert(layer.spec().kind);
  }
  return x;
}

// A model read without a check for unknown keys: not every encoder or decoder has every option.
std::shared_ptr<Autoencoder> model_of(const std::string& text) {
  Config config = Config::parse(text, "test.json");
  auto model = configure_model(config.root()).make(kSmallImage, kSmallImage, 0);
  model->eval();
  return model;
}

// Checks each layer of the model, and that the summary's rows have the shapes of the outputs.
void expect_model_as_specified(Autoencoder& model, std::set<std::string>& kinds) {
  const torch::NoGradGuard no_grad;
  const auto parts = model.named_children();
  const Tensor features = expect_specs(
      *parts["encoder"], uniform({2, kSmallImage.channels, kSmallImage.height, kSmallImage.width}),
      kinds);
  const LayerSpec bottleneck = model.bottleneck().spec();
  EXPECT_EQ(contradiction(bottleneck, *parts["bottleneck"]), "");
  std::map<std::string, Tensor> tensors;
  collect(bottleneck, "", kinds, tensors);
  auto& coding = dynamic_cast<Bottleneck&>(*parts["bottleneck"]);
  const Tensor z = coding.forward(features, std::nullopt).z;
  EXPECT_EQ(output_shape(bottleneck, sizes_of_one(features)), sizes_of_one(z));
  const Tensor decoded = expect_specs(*parts["decoder"], z, kinds);
  const auto rows = summarize(model.spec());
  EXPECT_EQ(rows.back().shape, sizes_of_one(decoded));
  int64_t parameters = 0;
  for (const auto& row : rows)
    parameters += row.parameters;
  EXPECT_EQ(parameters, count_parameters(model));
}

// Options of the blocks of an encoder or decoder: every activation, and every normalisation.
std::vector<std::string> block_options() {
  std::vector<std::string> options;
  for (const auto& name : activation_names())
    options.push_back(R"("activation": ")" + name + R"(", "dropout": 0.1)");
  for (const auto& row : normalizations().rows())
    options.push_back(R"("normalization": ")" + row.name + "\"");
  options.emplace_back(R"("resample": "resize", "attention": [6, 3])");  // of residual networks
  return options;
}

TEST(LayerKinds, HoldForAllThatAConfigCanName) {
  const OwnRow<BottleneckRow> map(bottlenecks(), levels());
  const OwnRow<LayerKind> kind_of_map(layer_kinds(), levels_code());
  std::set<std::string> kinds;
  for (const auto& encoder : encoders().names()) {
    for (const auto& decoder : decoders().names()) {
      for (const auto& options : block_options()) {
        SCOPED_TRACE(encoder + " to " + decoder + ", " + options);
        const auto part = [&](const std::string& name) {
          return "{\"name\": \"" + name + "\", " + options + "}";
        };
        expect_model_as_specified(
            *model_of("{\"encoder\": " + part(encoder) + ", \"decoder\": " + part(decoder) + "}"),
            kinds);
      }
    }
  }
  for (const auto& name : bottlenecks().names()) {
    for (const std::string activation : {"none", "relu", "sigmoid"}) {
      SCOPED_TRACE(name + ", " + activation);
      const std::string encoder = takes_maps(name) ? "conv" : "dense";
      expect_model_as_specified(
          *model_of("{\"encoder\": \"" + encoder + R"(", "bottleneck": {"name": ")" + name +
                    R"(", "activation": ")" + activation + "\"}}"),
          kinds);
    }
  }
  for (const auto& name : activation_names())
    kinds.insert(activation_spec(name).kind);
  const auto known = layer_kinds().names();
  EXPECT_EQ(kinds, std::set<std::string>(known.begin(), known.end()));  // no row without a layer
}

// Layers as whoever adds one could write them wrongly.
class WrongLayer : public Layer {
 public:
  enum class Mistake { kUnknownKind, kHiddenWeight, kForeignWeight, kOtherShape };
  explicit WrongLayer(Mistake mistake) : mistake_(mistake) {
    weight_ = register_parameter("weight", torch::ones({4, 3}));
  }
  Tensor forward(const Tensor& x) override { return x; }
  LayerSpec spec() const override {
    LayerSpec spec = spec_of_kind(mistake_ == Mistake::kUnknownKind ? "mystery" : "dense");
    if (mistake_ == Mistake::kHiddenWeight) spec.weights.clear();
    if (mistake_ == Mistake::kForeignWeight) spec.weights.emplace_back("gain", torch::ones({1}));
    return spec;
  }

 private:
  Mistake mistake_;
  Tensor weight_;
};

TEST(LayerKinds, AWrongSpecIsNoticed) {
  using Mistake = WrongLayer::Mistake;
  const auto notice = [](Mistake mistake) {
    WrongLayer layer(mistake);
    Tensor x = torch::ones({2, 3});
    return contradiction(layer, x);
  };
  EXPECT_EQ(notice(Mistake::kUnknownKind), "no row for the kind \"mystery\"");
  EXPECT_EQ(notice(Mistake::kHiddenWeight), "the spec lacks weight");
  EXPECT_EQ(notice(Mistake::kForeignWeight), "the spec has tensors that the module lacks");
  EXPECT_EQ(notice(Mistake::kOtherShape), "the output has another shape than the spec says");
}

template <class Call>
std::string check_of(Call&& call) {
  try {
    call();
  } catch (const c10::Error& error) {
    return error.what_without_backtrace();
  }
  return "";
}

TEST(LayerKinds, AnUnknownKindAndAnInputThatDoesNotFitAreBugs) {
  const WrongLayer mystery(WrongLayer::Mistake::kUnknownKind);
  EXPECT_EQ(check_of([&] { description(mystery.spec()); }),
            "a layer of kind \"mystery\", which has no row in model/layer_kinds.cpp");
  EXPECT_EQ(check_of([] {
              output_shape(make_conv(3, 4, 3, 1)->spec(), {2, 8, 8});
            }),
            "conv: got an input of [2, 8, 8], expected 3 sizes, the first 3");
  EXPECT_EQ(check_of([] { output_shape(make_dense(3, 4)->spec(), {}); }),
            "dense: got an input of [], expected 1 sizes, the first 3");
  EXPECT_EQ(check_of([] {
              LayerSpec spec;
              spec.kind = "dense";
              output_shape(spec, {3});
            }),
            "a layer of kind dense without a weight");
}

TEST(LayerKinds, DescribeThemselves) {
  BlockOptions options;
  const auto norm = [&](const std::string& name, int64_t groups) {
    options.groups = groups;
    return description(normalizations().find(name, "x").make(options, 8, true, "x")->spec());
  };
  EXPECT_EQ(description(make_conv(3, 4, 5, 1)->spec()), "conv 5x5");
  EXPECT_EQ(description(make_up_conv(3, 4, 3, 2, {4, 4}, {7, 8})->spec()),
            "transposed conv 3x3, stride 2");
  EXPECT_EQ(norm("batch", 1), "batch norm");
  EXPECT_EQ(norm("group", 4), "group norm, 4 groups");
  EXPECT_EQ(norm("group", 1), "layer norm");
  EXPECT_EQ(norm("layer", 4), "layer norm");
  EXPECT_EQ(description(make_activation("leaky_relu", 0.3, false)->spec()), "leaky_relu");
  EXPECT_EQ(description(make_unflatten(2, 3, 4)->spec()), "reshape");
}

TEST(LayerKinds, CountProducts) {
  const auto conv = make_conv(3, 4, 3, 2)->spec();
  EXPECT_EQ(multiply_adds(conv, {3, 9, 8}), 4 * 3 * 9 * 5 * 4);  // each pixel of the 5x4 output
  const auto up = make_up_conv(3, 4, 3, 2, {5, 4}, {9, 8})->spec();
  EXPECT_EQ(output_shape(up, {3, 5, 4}), (std::vector<int64_t>{4, 9, 8}));
  EXPECT_EQ(multiply_adds(up, {3, 5, 4}), 4 * 3 * 9 * 5 * 4);  // each pixel of the input
  EXPECT_EQ(multiply_adds(make_dense(7, 5)->spec(), {7}), 35);
  EXPECT_EQ(multiply_adds(make_flatten()->spec(), {3, 9, 8}), 0);
  EXPECT_EQ(parameter_count(conv), 4 * 3 * 9 + 4);
  EXPECT_EQ(parameter_count(make_conv(3, 4, 3, 2, false)->spec()), 4 * 3 * 9);
}

TEST(LayerKinds, SpecsShareTheTensorsOfTheModel) {
  const auto model = make_model(
      R"({"encoder": {"channels": [4], "normalization": "batch"}, "latent_dim": 3})", kSmallImage);
  const ModelSpec spec = model->spec();
  EXPECT_EQ(spec.encoder[1].name, "norm1");
  EXPECT_TRUE(find_tensor(spec.encoder[1].spec, "running_var")
                  .is_same(model->named_buffers()["encoder.norm1.running_var"]));
  EXPECT_FALSE(find_tensor(spec.encoder[1].spec, "gain").defined());
  EXPECT_EQ(statistics_count(spec.encoder[1].spec), 8);
  EXPECT_EQ(spec.bottleneck.parts[1].name, "logvar");
  // A dense layer each, from 4 feature maps of 6x5.
  EXPECT_EQ(multiply_adds(spec.bottleneck, {120}), 2 * 120 * 3);
  EXPECT_EQ(parameter_count(spec.bottleneck), 2 * (120 * 3 + 3));
}

}  // namespace
}  // namespace latent
