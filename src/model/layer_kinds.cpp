#include "model/layer_kinds.h"

#include <c10/util/Exception.h>

#include <utility>

#include "model/layer_rules.h"

namespace latent {
namespace {

using Tensors = std::vector<std::pair<std::string, Tensor>>;

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

namespace {

std::vector<LayerKind> single_layers() {
  return {
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
      {"flatten", "all values of an image in one row, channel by channel", kind_text, flat_sizes,
       no_products},
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
  };
}

// Layers that are made of parts, and bottlenecks.
std::vector<LayerKind> composites() {
  return {
      {"residual", "x + the result of its parts, one after another, for x", residual_text,
       same_sizes, chained_products},
      {"attention",
       "x + out(mean): each pixel's mean of all pixels' values, weighted by softmax(query key "
       "/ sqrt(C)); queries, keys and values [C] are the three thirds of qkv(norm(x)): parts "
       "norm (if there is one), qkv, out",
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
       "then an activation if there is one; the last gives the code, which is z",
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
       "a bottleneck: its part values, then round(tanh(x + s) h - o) / floor(L / 2) for each of D "
       "latents with L levels: h = (L - 1) 1.001 / 2, o = 0.5 if L is even, else 0, s = "
       "atanh(o / h); list levels",
       quantized_text, first_part_sizes, parallel_products},
  };
}

std::vector<LayerKind> all_kinds() {
  std::vector<LayerKind> all = single_layers();
  for (auto& kind : composites())
    all.push_back(std::move(kind));
  return all;
}

}  // namespace

const Registry<LayerKind>& layer_kinds() {
  static Registry<LayerKind> registry("layer kind", all_kinds());
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
