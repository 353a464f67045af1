#include "core/noise.h"

#include <ATen/ATen.h>

namespace latent {

Tensor Noise::normal(c10::IntArrayRef sizes, const at::TensorOptions& options, double mean,
                     double deviation) const {
  return part(at::empty(whole(sizes), options).normal_(mean, deviation, generator_), sizes[0]);
}

Tensor Noise::uniform(c10::IntArrayRef sizes, const at::TensorOptions& options, double low,
                      double high) const {
  return part(at::empty(whole(sizes), options).uniform_(low, high, generator_), sizes[0]);
}

Tensor Noise::integers(c10::IntArrayRef sizes, const at::TensorOptions& options, int64_t low,
                       int64_t high) const {
  return part(at::empty(whole(sizes), options).random_(low, high, generator_), sizes[0]);
}

Tensor Noise::bernoulli(const Tensor& like, double probability) const {
  const auto format = like.suggest_memory_format();
  return part(
      at::empty(whole(like.sizes()), like.options(), format).bernoulli_(probability, generator_),
      like.size(0));
}

std::vector<int64_t> Noise::whole(c10::IntArrayRef sizes) const {
  std::vector<int64_t> all = sizes.vec();
  if (total_ >= 0) all[0] = total_;
  return all;
}

Tensor Noise::part(const Tensor& drawn, int64_t count) const {
  return drawn.size(0) == count ? drawn : drawn.narrow(0, first_, count);
}

}  // namespace latent
