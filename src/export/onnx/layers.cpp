#include "export/onnx/layers.h"

#include <ATen/ATen.h>

#include <cmath>
#include <functional>
#include <numeric>

#include "core/error.h"
#include "model/layer_kinds.h"

namespace latent::onnx {
namespace {

using Sizes = std::vector<int64_t>;

Value weight_value(Graph& graph, const LayerToWrite& layer, const std::string& name) {
  const Tensor tensor = find_tensor(layer.spec, name);
  return tensor.defined() ? graph.constant(layer.path + "." + name, tensor.to(at::kFloat)) : "";
}

// x, the weight and, if there is one, the bias.
std::vector<Value> weighted_inputs(Graph& graph, const LayerToWrite& layer, const Value& x) {
  std::vector<Value> inputs{x, weight_value(graph, layer, "weight")};
  if (const Value bias = weight_value(graph, layer, "bias"); !bias.empty()) inputs.push_back(bias);
  return inputs;
}

// The number of examples, which comes first, stays.
Value reshaped(Graph& graph, const Value& x, Sizes sizes, const std::string& name) {
  sizes.insert(sizes.begin(), 0);
  std::string shape = "shape";
  for (const int64_t size : sizes)
    shape.append(1, '_').append(std::to_string(size));
  return graph.add("Reshape", {x, graph.constant(shape, sizes)}, name);
}

Value number(Graph& graph, const std::string& name, double value) {
  return graph.constant(name, at::scalar_tensor(value, at::kFloat));
}

std::vector<Attribute> kernel_attributes(const LayerSpec& spec) {
  const int64_t kernel = spec.integers.at("kernel"), stride = spec.integers.at("stride"),
                padding = spec.integers.at("padding");
  return {{"kernel_shape", Sizes{kernel, kernel}},
          {"strides", Sizes{stride, stride}},
          {"pads", Sizes(4, padding)}};
}

Value write_conv(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return graph.add("Conv", weighted_inputs(graph, layer, x.value), layer.path,
                   kernel_attributes(layer.spec));
}

Value write_transposed_conv(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  auto attributes = kernel_attributes(layer.spec);
  attributes.emplace_back("output_padding", layer.spec.lists.at("output_padding"));
  return graph.add("ConvTranspose", weighted_inputs(graph, layer, x.value), layer.path,
                   std::move(attributes));
}

Value write_dense(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return graph.add("Gemm", weighted_inputs(graph, layer, x.value), layer.path,
                   {{"transB", int64_t{1}}});
}

Value write_flatten(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return graph.add("Flatten", {x.value}, layer.path);
}

Value write_reshape(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return reshaped(graph, x.value, layer.spec.lists.at("shape"), layer.path);
}

Value write_nothing(Graph&, const LayerToWrite&, const Sized& x) { return x.value; }

Value write_batch_norm(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  std::vector<Value> inputs{x.value};
  for (const char* name : {"weight", "bias", "running_mean", "running_var"})
    inputs.push_back(weight_value(graph, layer, name));
  return graph.add("BatchNormalization", inputs, layer.path,
                   {{"epsilon", static_cast<float>(layer.spec.numbers.at("epsilon"))}});
}

// Opset 17 has no group normalization: each group is normalized as an instance, then its channels
// are scaled.
Value write_group_norm(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  const int64_t groups = layer.spec.integers.at("groups");
  const std::string count = std::to_string(groups);
  const Value ones = graph.constant("ones_" + count, at::ones({groups})),
              zeros = graph.constant("zeros_" + count, at::zeros({groups}));
  const Value grouped = reshaped(graph, x.value, {groups, -1}, layer.path + ".groups");
  const Value normal =
      graph.add("InstanceNormalization", {grouped, ones, zeros}, layer.path + ".normal",
                {{"epsilon", static_cast<float>(layer.spec.numbers.at("epsilon"))}});
  const Value back = reshaped(graph, normal, x.sizes, layer.path + ".channels");
  Sizes each(x.sizes.size(), 1);  // [C, 1, 1]
  each[0] = -1;
  const auto of_channels = [&](const char* name) {
    return graph.constant(layer.path + "." + name,
                          find_tensor(layer.spec, name).to(at::kFloat).reshape(each));
  };
  const Value scaled = graph.add("Mul", {back, of_channels("weight")}, layer.path + ".scaled");
  return graph.add("Add", {scaled, of_channels("bias")}, layer.path);
}

Value write_relu(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return graph.add("Relu", {x.value}, layer.path);
}

Value write_leaky_relu(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return graph.add("LeakyRelu", {x.value}, layer.path,
                   {{"alpha", static_cast<float>(layer.spec.numbers.at("slope"))}});
}

Value write_elu(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return graph.add("Elu", {x.value}, layer.path);
}

Value write_silu(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  const Value gate = graph.add("Sigmoid", {x.value}, layer.path + ".gate");
  return graph.add("Mul", {x.value, gate}, layer.path);
}

Value write_gelu(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  const Value scaled = graph.add("Mul", {x.value, number(graph, "root_half", std::sqrt(0.5))},
                                 layer.path + ".scaled");
  const Value error = graph.add("Erf", {scaled}, layer.path + ".erf");
  const Value share = graph.add("Add", {error, number(graph, "one", 1)}, layer.path + ".share");
  const Value half = graph.add("Mul", {x.value, number(graph, "half", 0.5)}, layer.path + ".half");
  return graph.add("Mul", {half, share}, layer.path);
}

Value write_tanh(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return graph.add("Tanh", {x.value}, layer.path);
}

Value write_sigmoid(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return graph.add("Sigmoid", {x.value}, layer.path);
}

Value write_softplus(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return graph.add("Softplus", {x.value}, layer.path);
}

Value write_chain(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return write_layers(graph, layer.spec.parts, layer.path, x).value;
}

Value write_mean(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  const NamedSpec& mean = layer.spec.parts.at(0);
  return write_layer(graph, {mean.spec, layer.path + "." + mean.name}, x).value;
}

}  // namespace

const Registry<LayerWriter>& layer_writers() {
  static Registry<LayerWriter> registry(
      "layer kind", {
                        {"conv", "Conv", write_conv},
                        {"transposed_conv", "ConvTranspose", write_transposed_conv},
                        {"dense", "Gemm", write_dense},
                        {"flatten", "Flatten", write_flatten},
                        {"reshape", "Reshape", write_reshape},
                        {"dropout", "nothing: it acts while training only", write_nothing},
                        {"batch_norm", "BatchNormalization", write_batch_norm},
                        {"group_norm", "InstanceNormalization of the groups", write_group_norm},
                        {"identity", "nothing", write_nothing},
                        {"relu", "Relu", write_relu},
                        {"leaky_relu", "LeakyRelu", write_leaky_relu},
                        {"elu", "Elu", write_elu},
                        {"silu", "Sigmoid and Mul", write_silu},
                        {"gelu", "Erf", write_gelu},
                        {"tanh", "Tanh", write_tanh},
                        {"sigmoid", "Sigmoid", write_sigmoid},
                        {"softplus", "Softplus", write_softplus},
                        {"point_code", "its parts", write_chain},
                        {"gaussian_code", "the mean", write_mean},
                    });
  return registry;
}

Sized write_layer(Graph& graph, const LayerToWrite& layer, const Sized& input) {
  const LayerWriter& writer =
      layer_writers().find(layer.spec.kind, layer.path + ": cannot be written as ONNX");
  return {writer.write(graph, layer, input), output_shape(layer.spec, input.sizes)};
}

Sized write_layers(Graph& graph, const std::vector<NamedSpec>& layers, const std::string& path,
                   const Sized& input) {
  Sized x = input;
  for (const auto& [name, spec] : layers)
    x = write_layer(graph, {spec, path + "." + name}, x);
  return x;
}

}  // namespace latent::onnx
