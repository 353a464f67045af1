#include "export/onnx/code_layers.h"

#include <ATen/ATen.h>

#include <cmath>
#include <vector>

namespace latent::onnx {

Value write_vq_code(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  const Sized vectors = write_layers(graph, layer.spec.parts, layer.path, x);
  const std::string& path = layer.path;
  const Tensor codes = find_tensor(layer.spec, "codes").detach().to(at::kCPU, at::kFloat);
  const Value book = graph.constant(path + ".codes", codes);
  const int64_t depth = vectors.sizes[0], height = vectors.sizes[1], width = vectors.sizes[2];
  const Value places = graph.add("Transpose", {vectors.value}, path + ".places",
                                 {{"perm", std::vector<int64_t>{0, 2, 3, 1}}});
  const Value rows =
      graph.add("Reshape", {places, graph.constant(path + ".row", {-1, depth})}, path + ".rows");
  const Value distances =
      graph.add("Gemm", {rows, book, graph.constant(path + ".squares", at::square(codes).sum(1))},
                path + ".distances", {{"alpha", -2.0F}, {"transB", int64_t{1}}});
  const Value nearest = graph.add("ArgMin", {distances}, path + ".nearest",
                                  {{"axis", int64_t{1}}, {"keepdims", int64_t{0}}});
  const Value held = graph.add("Gather", {book, nearest}, path + ".held");
  const Value map =
      graph.add("Reshape", {held, graph.constant(path + ".map_size", {-1, height, width, depth})},
                path + ".map");
  return graph.add("Transpose", {map}, path, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}});
}

Value write_fsq_code(Graph& graph, const LayerToWrite& layer, const Sized& x) {
  const Value values = write_layers(graph, layer.spec.parts, layer.path, x).value;
  std::vector<float> half, offset, shift, step;
  for (const int64_t level : layer.spec.lists.at("levels")) {
    half.push_back(static_cast<float>(level - 1) * 1.001F / 2);
    offset.push_back(level % 2 == 0 ? 0.5F : 0.0F);
    shift.push_back(std::atanh(offset.back() / half.back()));
    step.push_back(std::floor(static_cast<float>(level) / 2));
  }
  const auto of_channels = [&](const char* name, const std::vector<float>& numbers) {
    return graph.constant(layer.path + name, at::tensor(numbers, at::kFloat).view({-1, 1, 1}));
  };
  const auto with = [&](const char* op, const Value& a, const Value& b, const char* name) {
    return graph.add(op, {a, b}, layer.path + name);
  };
  const Value shifted = with("Add", values, of_channels(".shift", shift), ".shifted");
  const Value squeezed = graph.add("Tanh", {shifted}, layer.path + ".squeezed");
  const Value scaled = with("Mul", squeezed, of_channels(".half", half), ".scaled");
  const Value bounded = with("Sub", scaled, of_channels(".offset", offset), ".bounded");
  const Value rounded = graph.add("Round", {bounded}, layer.path + ".rounded");
  return with("Div", rounded, of_channels(".step", step), "");
}

}  // namespace latent::onnx
