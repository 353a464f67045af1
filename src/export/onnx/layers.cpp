#include "export/onnx/layers.h"

#include <ATen/ATen.h>

#include <cmath>
#include <functional>
#include <numeric>

#include "core/error.h"
#include "export/onnx/code_layers.h"
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

Value write_mean_pool(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return graph.add("AveragePool", {x.value}, layer.path,
                   {{"kernel_shape", Sizes{2, 2}},
                    {"strides", Sizes{2, 2}},
                    {"ceil_mode", int64_t{1}},
                    {"count_include_pad", int64_t{0}}});
}

Value write_enlarge(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  const Sizes& size = layer.spec.lists.at("size");
  const auto ratio = [&](size_t side) {
    return static_cast<double>(size[side]) / static_cast<double>(x.sizes[side + 1]);
  };
  const Value scales = graph.constant(layer.path + ".scales",
                                      at::tensor({1.0, 1.0, ratio(0), ratio(1)}, at::kFloat));
  return graph.add("Resize", {x.value, "", scales}, layer.path,
                   {{"mode", std::string("nearest")},
                    {"nearest_mode", std::string("floor")},
                    {"coordinate_transformation_mode", std::string("asymmetric")}});
}

Value write_chain(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return write_layers(graph, layer.spec.parts, layer.path, x).value;
}

Value write_residual(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  return graph.add("Add", {x.value, write_chain(graph, layer, x)}, layer.path);
}

// Parts norm (if there is one), qkv, out.
Value write_attention(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  const auto part = [&](const NamedSpec& named, const Sized& input) {
    return write_layer(graph, {named.spec, layer.path + "." + named.name}, input);
  };
  const int64_t channels = x.sizes[0];
  const auto& parts = layer.spec.parts;
  const Sized normal = parts.size() == 3 ? part(parts[0], x) : x;
  const Sized all = part(parts[parts.size() - 2], normal);
  const Value rows = reshaped(graph, all.value, {3, channels, -1}, layer.path + ".rows");
  const auto third = [&](int64_t which, const char* name) {  // [N, C, pixels]
    const Value index =
        graph.constant("third_" + std::to_string(which), at::scalar_tensor(which, at::kLong));
    return graph.add("Gather", {rows, index}, layer.path + name, {{"axis", int64_t{1}}});
  };
  const auto transposed = [&](const Value& of, const char* name) {
    return graph.add("Transpose", {of}, layer.path + name, {{"perm", Sizes{0, 2, 1}}});
  };
  const Value query = transposed(third(0, ".query"), ".query_rows"), key = third(1, ".key"),
              values = transposed(third(2, ".value"), ".value_rows");
  const Value scale =
      number(graph, layer.path + ".scale", 1 / std::sqrt(static_cast<double>(channels)));
  const Value products =
      graph.add("Mul", {graph.add("MatMul", {query, key}, layer.path + ".products"), scale},
                layer.path + ".scaled");
  const Value shares =
      graph.add("Softmax", {products}, layer.path + ".shares", {{"axis", int64_t{2}}});
  const Value mixed =
      transposed(graph.add("MatMul", {shares, values}, layer.path + ".mixed_rows"), ".mixed");
  const Sized map{reshaped(graph, mixed, x.sizes, layer.path + ".map"), x.sizes};
  return graph.add("Add", {x.value, part(parts.back(), map).value}, layer.path);
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
                        {"residual", "its parts and Add", write_residual},
                        {"attention", "MatMul and Softmax", write_attention},
                        {"mean_pool", "AveragePool", write_mean_pool},
                        {"enlarge", "Resize", write_enlarge},
                        {"point_code", "its parts", write_chain},
                        {"gaussian_code", "the mean", write_mean},
                        {"vq_code", "ArgMin and Gather", write_vq_code},
                        {"fsq_code", "Round", write_fsq_code},
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
