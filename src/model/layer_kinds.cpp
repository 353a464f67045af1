#include "model/layer_kinds.h"

#include <c10/util/ArrayRef.h>
#include <c10/util/Exception.h>

#include <functional>
#include <numeric>

namespace latent {
namespace {

using Sizes = std::vector<int64_t>;
using Tensors = std::vector<std::pair<std::string, Tensor>>;

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

std::string kind_text(const LayerSpec& spec) { return spec.kind; }

// what: the first words of the description.
std::string kernel_text(const LayerSpec& spec, const std::string& what) {
  const std::string kernel = std::to_string(spec.integers.at("kernel"));
  const int64_t stride = spec.integers.at("stride");
  return what + " " + kernel + "x" + kernel +
         (stride == 1 ? "" : ", stride " + std::to_string(stride));
}

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
  int64_t codes = 1;
  if (spec.kind == "vq_code")
    codes = spec.integers.at("codes");
  else
    for (const int64_t level : spec.lists.at("levels"))
      codes *= level;
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

// A kind that computes each value from the one in its place.
LayerKind elementwise(std::string name, std::string summary) {
  return {std::move(name), std::move(summary), kind_text, same_sizes, no_products};
}

const LayerKind& kind_of(const LayerSpec& spec) {
  for (const auto& row : layer_kinds().rows()) {
    if (row.name == spec.kind) return row;
  }
  TORCH_CHECK(false, "a layer of kind \"", spec.kind,
              "\", which has no row in model/layer_kinds.cpp");
}

int64_t count_values(const LayerSpec& spec, Tensors LayerSpec::*tensors) {
  int64_t count = 0;
  for (const auto& [name, tensor] : spec.*tensors)
    count += tensor.numel();
  for (const auto& part : spec.parts)
    count += count_values(part.spec, tensors);
  return count;
}

}  // namespace

const Registry<LayerKind>& layer_kinds() {
  static Registry<LayerKind> registry(
      "layer kind",
      {
          {"conv",
           "convolution with zeros around the image: integers kernel, stride, padding; weight "
           "[out, in, kernel, kernel], bias [out]",
           conv_text, conv_sizes, conv_products},
          {"transposed_conv",
           "transposed convolution: integers kernel, stride, padding; list output_padding [height, "
           "width]; weight [in, out, kernel, kernel], bias [out]",
           transposed_conv_text, transposed_conv_sizes, transposed_conv_products},
          {"dense", "x weight^T + bias: weight [out, in], bias [out]", kind_text, dense_sizes,
           dense_products},
          {"flatten", "all values of an image in one row, channel by channel", kind_text,
           flat_sizes, no_products},
          {"reshape", "a row as an image, channel by channel: list shape [C, H, W]", kind_text,
           reshaped_sizes, no_products},
          elementwise("dropout",
                      "x; while training a share of the values is zero and the rest scaled by "
                      "1 / (1 - share): number probability, the share"),
          {"batch_norm",
           "(x - mean) / sqrt(variance + epsilon) * weight + bias for each channel; mean and "
           "variance are the batch's while training, else running_mean and running_var: numbers "
           "epsilon, momentum; all tensors [C]",
           batch_norm_text, normalized_sizes, no_products},
          {"group_norm",
           "(x - mean) / sqrt(variance + epsilon) * weight + bias; mean and variance are those of "
           "each group of consecutive channels of an image: integer groups; number epsilon; "
           "weight, bias [C]",
           group_norm_text, normalized_sizes, no_products},
          {"residual", "x + the result of its parts, one after another, for x", residual_text,
           same_sizes, chained_products},
          {"attention",
           "x + out(mean): each pixel's mean of all pixels' values, weighted by softmax(query key "
           "/ "
           "sqrt(C)); queries, keys and values [C] are the three thirds of qkv(norm(x)): parts "
           "norm "
           "(if there is one), qkv, out",
           kind_text, same_sizes, attention_products},
          {"mean_pool", "the mean of each 2x2 square; at an odd edge of what is there", kind_text,
           pooled_sizes, no_products},
          {"enlarge", "each pixel that of the map at the same relative place: list size [H, W]",
           kind_text, enlarged_sizes, no_products},
          elementwise("identity", "x"),
          elementwise("relu", "max(x, 0)"),
          elementwise("leaky_relu", "x if x > 0, else slope * x: number slope"),
          elementwise("elu", "x if x > 0, else exp(x) - 1"),
          elementwise("silu", "x sigmoid(x)"),
          elementwise("gelu", "x (1 + erf(x / sqrt(2))) / 2"),
          elementwise("tanh", "the hyperbolic tangent"),
          elementwise("sigmoid", "1 / (1 + exp(-x))"),
          elementwise("softplus", "log(1 + exp(x)); x where x > 20"),
          {"point_code",
           "a bottleneck: its parts one after another, code (dense, or a convolution of a map), "
           "then an "
           "activation if there is one; the last gives the code, which is z",
           parts_text, chained_sizes, chained_products},
          {"gaussian_code",
           "a bottleneck: its parts mean and logvar of the features, both dense or both a "
           "convolution of a map; the code is mean, z = mean + exp(logvar / 2) * noise with noise "
           "from N(0, 1)",
           parts_text, first_part_sizes, parallel_products},
          {"vq_code",
           "a bottleneck: its part vectors, then at each place the nearest of the codes [K, D]; "
           "integer codes, K; counts and sums are running means of training",
           quantized_text, first_part_sizes, parallel_products},
          {"fsq_code",
           "a bottleneck: its part values, then round(tanh(x + s) h - o) / floor(L / 2) for each "
           "of "
           "D latents with L levels: h = (L - 1) 1.001 / 2, o = 0.5 if L is even, else 0, s = "
           "atanh(o / h): list levels",
           quantized_text, first_part_sizes, parallel_products},
      });
  return registry;
}

std::string description(const LayerSpec& spec) { return kind_of(spec).description(spec); }

std::vector<int64_t> output_shape(const LayerSpec& spec, const std::vector<int64_t>& input) {
  return kind_of(spec).output_shape(spec, input);
}

int64_t multiply_adds(const LayerSpec& spec, const std::vector<int64_t>& input) {
  return kind_of(spec).multiply_adds(spec, input);
}

int64_t parameter_count(const LayerSpec& spec) { return count_values(spec, &LayerSpec::weights); }

int64_t statistics_count(const LayerSpec& spec) {
  return count_values(spec, &LayerSpec::statistics);
}

Tensor find_tensor(const LayerSpec& spec, const std::string& name) {
  for (const auto* tensors : {&spec.weights, &spec.statistics}) {
    for (const auto& [key, tensor] : *tensors) {
      if (key == name) return tensor;
    }
  }
  return {};
}

}  // namespace latent
