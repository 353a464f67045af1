#include "model/codebook.h"

#include <ATen/ATen.h>

namespace latent {

Tensor UniformCodes::sample(int64_t count, double, at::Generator& noise) const {
  return codes_.latents(at::randint(codes_.size(), {count, codes_.places()}, noise, at::kLong))
      .to(at::kCPU, at::kFloat);
}

Tensor rows_of_places(const Tensor& x) { return x.permute({0, 2, 3, 1}).reshape({-1, x.size(1)}); }

Tensor map_of_rows(const Tensor& rows, const Tensor& like) {
  return rows.view({like.size(0), like.size(2), like.size(3), like.size(1)}).permute({0, 3, 1, 2});
}

}  // namespace latent
