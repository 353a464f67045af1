#include "core/noise.h"

#include <ATen/ATen.h>

namespace latent {

Tensor Noise::normal(c10::IntArrayRef sizes, const at::TensorOptions& options, double mean,
                     double deviation) const {
  const Tensor all = empty(sizes, options).normal_(mean, deviation, generator_);
  return part(all, sizes[0], options.device());
}

Tensor Noise::uniform(c10::IntArrayRef sizes, const at::TensorOptions& options, double low,
                      double high) const {
  const Tensor all = empty(sizes, options).uniform_(low, high, generator_);
  return part(all, sizes[0], options.device());
}

Tensor Noise::integers(c10::IntArrayRef sizes, const at::TensorOptions& options, int64_t low,
                       int64_t high) const {
  const Tensor all = empty(sizes, options).random_(low, high, generator_);
  return part(all, sizes[0], options.device());
}

Tensor Noise::bernoulli(const Tensor& like, double probability) const {
  const Tensor all = empty(like.sizes(), like.options(), like.suggest_memory_format())
                         .bernoulli_(probability, generator_);
  return part(all, like.size(0), like.device());
}

Tensor Noise::empty(c10::IntArrayRef sizes, const at::TensorOptions& options,
                    at::MemoryFormat format) const {
  std::vector<int64_t> all = sizes.vec();
  if (total_ >= 0) all[0] = total_;
  return at::empty(all, options.device(generator_.device()), format);
}

Tensor Noise::part(const Tensor& drawn, int64_t count, const c10::Device& device) const {
  return (drawn.size(0) == count ? drawn : drawn.narrow(0, first_, count)).to(device);
}

}  // namespace latent
