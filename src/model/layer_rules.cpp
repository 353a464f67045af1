#include "model/layer_rules.h"

#include <c10/util/ArrayRef.h>
#include <c10/util/Exception.h>

#include <functional>
#include <numeric>

#include "model/layer_kinds.h"

namespace latent {
namespace {

using Sizes = std::vector<int64_t>;

int64_t product(const Sizes& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, std::multiplies<>());
}

Tensor weight_of(const LayerSpec& spec) {
  Tensor weight = find_tensor(spec, "weight");
  TORCH_CHECK(weight.defined(), "a layer of kind ", spec.kind, " without a weight");
  return weight;
}

// first: the size that the layer expects along the first dimension, of `dimensions`.
void expect_input(const LayerSpec& spec, const Sizes& input, size_t dimensions, int64_t first) {
  TORCH_CHECK(!input.empty() && input.size() == dimensions && input[0] == first, spec.kind,
              ": got an input of ", c10::IntArrayRef(input), ", expected ", dimensions,
              " sizes, the first ", first);
}

// what: the first words of the description.
std::string kernel_text(const LayerSpec& spec, const std::string& what) {
  const std::string kernel = std::to_string(spec.integers.at("kernel"));
  const int64_t stride = spec.integers.at("stride");
  return what + " " + kernel + "x" + kernel +
         (stride == 1 ? "" : ", stride " + std::to_string(stride));
}

}  // namespace

std::string kind_text(const LayerSpec& spec) { return spec.kind; }

std::string conv_text(const LayerSpec& spec) { return kernel_text(spec, "conv"); }

std::string transposed_conv_text(const LayerSpec& spec) {
  return kernel_text(spec, "transposed conv");
}

std::string batch_norm_text(const LayerSpec&) { return "batch norm"; }

std::string group_norm_text(const LayerSpec& spec) {
  const int64_t groups = spec.integers.at("groups");
  return groups == 1 ? "layer norm" : "group norm, " + std::to_string(groups) + " groups";
}

std::string parts_text(const LayerSpec& spec) {
  std::string text;
  for (const auto& part : spec.parts)
    text += (text.empty() ? "" : ", ") + description(part.spec);
  return text;
}

std::string residual_text(const LayerSpec& spec) {
  return "residual block of " + std::to_string(spec.parts.size()) + " layers";
}

std::string quantized_text(const LayerSpec& spec) {
  const int64_t codes =
      spec.kind == "vq_code" ? spec.integers.at("codes") : product(spec.lists.at("levels"));
  return parts_text(spec) + ", one of " + std::to_string(codes) + " codes";
}

Sizes same_sizes(const LayerSpec&, const Sizes& input) { return input; }

Sizes normalized_sizes(const LayerSpec& spec, const Sizes& input) {
  expect_input(spec, input, input.size(), weight_of(spec).size(0));
  return input;
}

Sizes conv_sizes(const LayerSpec& spec, const Sizes& input) {
  const Tensor weight = weight_of(spec);  // [out, in, k, k]
  expect_input(spec, input, 3, weight.size(1));
  const int64_t kernel = spec.integers.at("kernel"), stride = spec.integers.at("stride"),
                padding = spec.integers.at("padding");
  const auto size = [&](int64_t in) { return (in + 2 * padding - kernel) / stride + 1; };
  return {weight.size(0), size(input[1]), size(input[2])};
}

Sizes transposed_conv_sizes(const LayerSpec& spec, const Sizes& input) {
  const Tensor weight = weight_of(spec);  // [in, out, k, k]
  expect_input(spec, input, 3, weight.size(0));
  const int64_t kernel = spec.integers.at("kernel"), stride = spec.integers.at("stride"),
                padding = spec.integers.at("padding");
  const auto size = [&](size_t dimension) {
    return (input[dimension + 1] - 1) * stride - 2 * padding + kernel +
           spec.lists.at("output_padding").at(dimension);
  };
  return {weight.size(1), size(0), size(1)};
}

Sizes dense_sizes(const LayerSpec& spec, const Sizes& input) {
  const Tensor weight = weight_of(spec);  // [out, in]
  expect_input(spec, input, 1, weight.size(1));
  return {weight.size(0)};
}

Sizes flat_sizes(const LayerSpec&, const Sizes& input) { return {product(input)}; }

Sizes reshaped_sizes(const LayerSpec& spec, const Sizes& input) {
  const Sizes& shape = spec.lists.at("shape");
  expect_input(spec, input, 1, product(shape));
  return shape;
}

Sizes pooled_sizes(const LayerSpec&, const Sizes& input) {
  return {input.at(0), (input.at(1) + 1) / 2, (input.at(2) + 1) / 2};
}

Sizes enlarged_sizes(const LayerSpec& spec, const Sizes& input) {
  return {input.at(0), spec.lists.at("size").at(0), spec.lists.at("size").at(1)};
}

Sizes chained_sizes(const LayerSpec& spec, const Sizes& input) {
  Sizes sizes = input;
  for (const auto& part : spec.parts)
    sizes = output_shape(part.spec, sizes);
  return sizes;
}

Sizes first_part_sizes(const LayerSpec& spec, const Sizes& input) {
  return output_shape(spec.parts.at(0).spec, input);
}

int64_t no_products(const LayerSpec&, const Sizes&) { return 0; }

int64_t conv_products(const LayerSpec& spec, const Sizes& input) {
  const Sizes output = conv_sizes(spec, input);
  return weight_of(spec).numel() * output[1] * output[2];
}

int64_t transposed_conv_products(const LayerSpec& spec, const Sizes& input) {
  return weight_of(spec).numel() * input.at(1) * input.at(2);
}

int64_t dense_products(const LayerSpec& spec, const Sizes&) { return weight_of(spec).numel(); }

int64_t chained_products(const LayerSpec& spec, const Sizes& input) {
  Sizes sizes = input;
  int64_t products = 0;
  for (const auto& part : spec.parts) {
    products += multiply_adds(part.spec, sizes);
    sizes = output_shape(part.spec, sizes);
  }
  return products;
}

int64_t parallel_products(const LayerSpec& spec, const Sizes& input) {
  int64_t products = 0;
  for (const auto& part : spec.parts)
    products += multiply_adds(part.spec, input);
  return products;
}

// The convolutions' products, and two of each pixel with each other.
int64_t attention_products(const LayerSpec& spec, const Sizes& input) {
  const int64_t pixels = input.at(1) * input.at(2);
  int64_t products = 2 * input.at(0) * pixels * pixels;
  for (const auto& part : spec.parts)  // the last one takes as many channels as the first
    products += multiply_adds(part.spec, input);
  return products;
}

}  // namespace latent
