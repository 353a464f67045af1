// A causal transformer over the places of a map of codes: the probability of each code given those
// before it.
#pragma once

#include <ATen/core/Generator.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent {

struct TransformerPlan {
  int64_t codes = 512, places = 64, row = 8;  // K, P, and the places in a row of the map
  int64_t layers = 3, channels = 96, heads = 4;
  int64_t condition = 0;  // numbers in an image's condition
};

/// One layer: self-attention, then a network at each place, both after a normalization and added to
/// what they get. Source: Radford et al. 2019 (GPT-2).
class TransformerLayer : public torch::nn::Module {
 public:
  TransformerLayer(int64_t channels, int64_t heads);

  /// The keys and values of the places so far: [B, heads, P, channels / heads].
  struct Cache {
    Tensor keys, values;
  };
  /// x: [B, P, C].
  Tensor forward(const Tensor& x) const;
  /// Returns `forward` of one further place, x: [B, C]; adds its key and value to the cache.
  Tensor step(const Tensor& x, Cache& cache, int64_t place) const;
  Cache empty_cache(int64_t batch, int64_t places) const;
  /// layers: of the whole network; more of them get smaller weights before each sum.
  void initialize(int64_t layers, at::Generator& noise);

 private:
  Tensor think(const Tensor& x) const;

  int64_t channels_, heads_;
  Tensor norm1_, shift1_, qkv_, qkv_bias_, out_, out_bias_;
  Tensor norm2_, shift2_, wide_, wide_bias_, narrow_, narrow_bias_;
};

/// Each place sees the code before it, the code above it, where it is, and the condition; the
/// network adds to the logarithms of the codes' frequencies at the place.
class CodeTransformer : public torch::nn::Module {
 public:
  explicit CodeTransformer(const TransformerPlan& plan);

  const TransformerPlan& plan() const { return plan_; }
  /// Draws the initial weights. Before training the prediction is that of the frequencies alone.
  void initialize(at::Generator& noise);
  /// Sets the frequencies from training codes, [N, P] int64.
  void set_frequencies(const Tensor& indices);

  // condition: [B, C], or undefined for nothing known.

  /// Returns logits of the code at each place, [B, P, K]. indices: [B, P] int64; a place does not
  /// see its own code or later ones.
  Tensor forward(const Tensor& indices, const Tensor& condition) const;
  /// Returns the information of each image's codes in nats: [B].
  Tensor nats(const Tensor& indices, const Tensor& condition) const;
  /// Draws codes place by place: [count, P] int64 on the network's device. The keys and values of
  /// earlier places are kept. condition: [1, C], or undefined. temperature: divides the logits; 0
  /// takes the most likely code. noise: on the CPU.
  Tensor sample(int64_t count, const Tensor& condition, double temperature,
                at::Generator& noise) const;

 private:
  Tensor told(const Tensor& condition) const;

  TransformerPlan plan_;
  Tensor before_, above_, place_, condition_, norm_, shift_, head_;
  Tensor frequencies_;  // [P, K], logarithms
  std::vector<std::shared_ptr<TransformerLayer>> layers_;
};

}  // namespace latent
