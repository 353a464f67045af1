#include "prior/code_transformer.h"

#include <ATen/ATen.h>

#include <cmath>

namespace latent {
namespace {

constexpr double kSpread = 0.02;  // of initial weights
constexpr int64_t kWider = 4;     // channels inside a layer's second network, relative to outside
constexpr double kUnseen = 0.5;   // added to each count, so that no code is impossible

Tensor normalized(const Tensor& x, const Tensor& weight, const Tensor& shift) {
  return at::layer_norm(x, {x.size(-1)}, weight, shift);
}

void draw_weights(Tensor weight, double spread, at::Generator& noise) {
  const torch::NoGradGuard no_grad;
  weight.normal_(0, spread, noise);
}

}  // namespace

TransformerLayer::TransformerLayer(int64_t channels, int64_t heads)
    : channels_(channels), heads_(heads) {
  const auto zeros = [&](const char* name, std::vector<int64_t> sizes) {
    return register_parameter(name, at::zeros(sizes));
  };
  norm1_ = register_parameter("norm1", at::ones({channels}));
  shift1_ = zeros("shift1", {channels});
  qkv_ = zeros("qkv", {3 * channels, channels});
  qkv_bias_ = zeros("qkv_bias", {3 * channels});
  out_ = zeros("out", {channels, channels});
  out_bias_ = zeros("out_bias", {channels});
  norm2_ = register_parameter("norm2", at::ones({channels}));
  shift2_ = zeros("shift2", {channels});
  wide_ = zeros("wide", {kWider * channels, channels});
  wide_bias_ = zeros("wide_bias", {kWider * channels});
  narrow_ = zeros("narrow", {channels, kWider * channels});
  narrow_bias_ = zeros("narrow_bias", {channels});
}

void TransformerLayer::initialize(int64_t layers, at::Generator& noise) {
  const double summed = kSpread / std::sqrt(2.0 * static_cast<double>(layers));
  draw_weights(qkv_, kSpread, noise);
  draw_weights(out_, summed, noise);
  draw_weights(wide_, kSpread, noise);
  draw_weights(narrow_, summed, noise);
}

Tensor TransformerLayer::think(const Tensor& x) const {
  const Tensor wide = at::gelu(at::linear(normalized(x, norm2_, shift2_), wide_, wide_bias_));
  return x + at::linear(wide, narrow_, narrow_bias_);
}

Tensor TransformerLayer::forward(const Tensor& x) const {
  const int64_t images = x.size(0), places = x.size(1);
  const Tensor all = at::linear(normalized(x, norm1_, shift1_), qkv_, qkv_bias_)
                         .view({images, places, 3, heads_, channels_ / heads_})
                         .permute({2, 0, 3, 1, 4});  // [3, B, heads, P, D]
  const Tensor seen = at::scaled_dot_product_attention(all[0], all[1], all[2], {}, 0.0, true);
  const Tensor joined = seen.transpose(1, 2).reshape({images, places, channels_});
  return think(x + at::linear(joined, out_, out_bias_));
}

TransformerLayer::Cache TransformerLayer::empty_cache(int64_t batch, int64_t places) const {
  const std::vector<int64_t> sizes{batch, heads_, places, channels_ / heads_};
  return {at::empty(sizes, out_.options().requires_grad(false)),
          at::empty(sizes, out_.options().requires_grad(false))};
}

Tensor TransformerLayer::step(const Tensor& x, Cache& cache, int64_t place) const {
  const int64_t images = x.size(0), size = channels_ / heads_;
  const Tensor all =
      at::linear(normalized(x, norm1_, shift1_), qkv_, qkv_bias_).view({images, 3, heads_, size});
  cache.keys.select(2, place).copy_(all.select(1, 1));
  cache.values.select(2, place).copy_(all.select(1, 2));
  const Tensor keys = cache.keys.narrow(2, 0, place + 1);  // [B, heads, p + 1, D]
  const Tensor query = all.select(1, 0).unsqueeze(2);      // [B, heads, 1, D]
  const Tensor weights = at::softmax(
      at::matmul(query, keys.transpose(2, 3)) / std::sqrt(static_cast<double>(size)), -1);
  const Tensor seen = at::matmul(weights, cache.values.narrow(2, 0, place + 1));
  return think(x + at::linear(seen.reshape({images, channels_}), out_, out_bias_));
}

CodeTransformer::CodeTransformer(const TransformerPlan& plan) : plan_(plan) {
  const int64_t channels = plan.channels;
  // One row more than codes: nothing is there.
  before_ = register_parameter("before", at::zeros({plan.codes + 1, channels}));
  above_ = register_parameter("above", at::zeros({plan.codes + 1, channels}));
  place_ = register_parameter("place", at::zeros({plan.places, channels}));
  if (plan.condition > 0)
    condition_ = register_parameter("condition", at::zeros({channels, plan.condition}));
  for (int64_t i = 1; i <= plan.layers; ++i) {
    layers_.push_back(register_module("layer" + std::to_string(i),
                                      std::make_shared<TransformerLayer>(channels, plan.heads)));
  }
  norm_ = register_parameter("norm", at::ones({channels}));
  shift_ = register_parameter("shift", at::zeros({channels}));
  head_ = register_parameter("head", at::zeros({plan.codes, channels}));
  frequencies_ = register_buffer("frequencies", at::zeros({plan.places, plan.codes}));
}

void CodeTransformer::initialize(at::Generator& noise) {
  for (const Tensor& weight : {before_, above_, place_})
    draw_weights(weight, kSpread, noise);
  if (condition_.defined()) draw_weights(condition_, kSpread, noise);
  for (const auto& layer : layers_)
    layer->initialize(plan_.layers, noise);
}

void CodeTransformer::set_frequencies(const Tensor& indices) {
  const torch::NoGradGuard no_grad;
  const Tensor cells = at::arange(plan_.places, at::kLong) * plan_.codes + indices;
  const Tensor counts = at::bincount(cells.flatten(), {}, plan_.places * plan_.codes)
                            .view({plan_.places, plan_.codes})
                            .to(at::kDouble) +
                        kUnseen;
  frequencies_.copy_((counts / counts.sum(1, true)).log());
}

// What a condition adds to each place: [B, C] or [1, C].
Tensor CodeTransformer::told(const Tensor& condition) const {
  if (!condition_.defined() || !condition.defined())
    return at::zeros({1, plan_.channels}, head_.options().requires_grad(false));
  return at::linear(condition.to(head_.device()), condition_);
}

Tensor CodeTransformer::forward(const Tensor& indices, const Tensor& condition) const {
  const int64_t images = indices.size(0), nothing = plan_.codes;
  const auto later = [&](int64_t places) {
    return at::cat({at::full({images, places}, nothing, indices.options()),
                    indices.narrow(1, 0, plan_.places - places)},
                   1);
  };
  Tensor x = at::embedding(before_, later(1)) + at::embedding(above_, later(plan_.row)) + place_ +
             told(condition).unsqueeze(1);
  for (const auto& layer : layers_)
    x = layer->forward(x);
  return at::linear(normalized(x, norm_, shift_), head_) + frequencies_;
}

Tensor CodeTransformer::nats(const Tensor& indices, const Tensor& condition) const {
  const Tensor logits = forward(indices, condition).flatten(0, 1);  // [B * P, K]
  return at::cross_entropy_loss(logits, indices.flatten(), {}, at::Reduction::None)
      .view({indices.size(0), plan_.places})
      .sum(1);
}

namespace {

// Draws a code of each row of logits [N, K]: [N].
Tensor draw_code(const Tensor& logits, double temperature, at::Generator& noise) {
  if (temperature == 0) return logits.argmax(1);
  const Tensor share = at::softmax(logits.to(at::kDouble) / temperature, 1).cumsum(1);
  const Tensor drawn = at::empty({logits.size(0), 1}, at::kDouble).uniform_(0, 1, noise);
  const Tensor below = share.le(drawn.to(share.device()) * share.narrow(1, share.size(1) - 1, 1));
  return below.sum(1).clamp_max(logits.size(1) - 1);
}

}  // namespace

Tensor CodeTransformer::sample(int64_t count, const Tensor& condition, double temperature,
                               at::Generator& noise) const {
  const torch::NoGradGuard no_grad;
  const auto places = at::TensorOptions(head_.device()).dtype(at::kLong);
  Tensor indices = at::zeros({count, plan_.places}, places);
  const Tensor nothing = at::full({count}, plan_.codes, places);
  std::vector<TransformerLayer::Cache> caches;
  for (const auto& layer : layers_)
    caches.push_back(layer->empty_cache(count, plan_.places));
  const Tensor known = told(condition);
  for (int64_t place = 0; place < plan_.places; ++place) {
    const auto code = [&](int64_t back) {
      return place >= back ? indices.select(1, place - back) : nothing;
    };
    Tensor x = at::embedding(before_, code(1)) + at::embedding(above_, code(plan_.row)) +
               place_[place] + known;
    for (size_t i = 0; i < layers_.size(); ++i)
      x = layers_[i]->step(x, caches[i], place);
    const Tensor logits = at::linear(normalized(x, norm_, shift_), head_) + frequencies_[place];
    indices.select(1, place).copy_(draw_code(logits, temperature, noise));
  }
  return indices;
}

}  // namespace latent
