// The rules of the kinds of layers (model/layer_kinds.h): how each is described, which sizes it
// makes of others, and how many products it takes. All are for one image.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/layer_spec.h"

namespace latent {

// Descriptions, such as "conv 3x3, stride 2".
std::string kind_text(const LayerSpec& spec);
std::string conv_text(const LayerSpec& spec);
std::string transposed_conv_text(const LayerSpec& spec);
std::string batch_norm_text(const LayerSpec& spec);
std::string group_norm_text(const LayerSpec& spec);
std::string parts_text(const LayerSpec& spec);
std::string residual_text(const LayerSpec& spec);
std::string quantized_text(const LayerSpec& spec);

// Sizes of the output. They throw c10::Error for an input that the layer does not take.
std::vector<int64_t> same_sizes(const LayerSpec& spec, const std::vector<int64_t>& input);
std::vector<int64_t> normalized_sizes(const LayerSpec& spec, const std::vector<int64_t>& input);
std::vector<int64_t> conv_sizes(const LayerSpec& spec, const std::vector<int64_t>& input);
std::vector<int64_t> transposed_conv_sizes(const LayerSpec& spec,
                                           const std::vector<int64_t>& input);
std::vector<int64_t> dense_sizes(const LayerSpec& spec, const std::vector<int64_t>& input);
std::vector<int64_t> flat_sizes(const LayerSpec& spec, const std::vector<int64_t>& input);
std::vector<int64_t> reshaped_sizes(const LayerSpec& spec, const std::vector<int64_t>& input);
std::vector<int64_t> pooled_sizes(const LayerSpec& spec, const std::vector<int64_t>& input);
std::vector<int64_t> enlarged_sizes(const LayerSpec& spec, const std::vector<int64_t>& input);
std::vector<int64_t> chained_sizes(const LayerSpec& spec, const std::vector<int64_t>& input);
std::vector<int64_t> first_part_sizes(const LayerSpec& spec, const std::vector<int64_t>& input);

// Multiply-adds of the products, forward.
int64_t no_products(const LayerSpec& spec, const std::vector<int64_t>& input);
int64_t conv_products(const LayerSpec& spec, const std::vector<int64_t>& input);
int64_t transposed_conv_products(const LayerSpec& spec, const std::vector<int64_t>& input);
int64_t dense_products(const LayerSpec& spec, const std::vector<int64_t>& input);
int64_t chained_products(const LayerSpec& spec, const std::vector<int64_t>& input);
int64_t parallel_products(const LayerSpec& spec, const std::vector<int64_t>& input);
int64_t attention_products(const LayerSpec& spec, const std::vector<int64_t>& input);

}  // namespace latent
