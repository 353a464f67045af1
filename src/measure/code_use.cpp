#include "measure/code_use.h"

#include <ATen/ATen.h>

#include <cmath>

namespace latent {

CodeCounts::CodeCounts(int64_t codes) : counts_(at::zeros({codes}, at::kLong)) {}

void CodeCounts::add(const Tensor& indices) {
  counts_ += at::bincount(indices.flatten().cpu(), {}, counts_.size(0));
}

CodeUse CodeCounts::use() const {
  const Tensor share =
      counts_.to(at::kDouble) / static_cast<double>(counts_.sum().clamp_min(1).item<int64_t>());
  const double nats = -at::xlogy(share, share).sum().item<double>();
  return {.codes = counts_.size(0),
          .used = counts_.gt(0).sum().item<int64_t>(),
          .nats = nats,
          .perplexity = std::exp(nats)};
}

}  // namespace latent
