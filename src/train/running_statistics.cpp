#include "train/running_statistics.h"

#include <ATen/ATen.h>

namespace latent {
namespace {

// The size of a buffer in the flat one: each begins at a multiple of 64 bytes, the gaps hold zeros.
int64_t padded(const Tensor& buffer) { return (buffer.numel() + 15) / 16 * 16; }

}  // namespace

RunningStatistics::RunningStatistics(const std::vector<torch::nn::Module*>& modules) {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> buffers;
  int64_t total = 0;
  for (const auto* module : modules) {
    for (const auto& buffer : module->buffers()) {
      TORCH_CHECK(buffer.scalar_type() == at::kFloat && buffer.is_contiguous(),
                  "a buffer is not float32 and contiguous");
      buffers.push_back(buffer);
      total += padded(buffer);
    }
  }
  if (buffers.empty()) return;
  values_ = at::zeros({total}, buffers[0].options());
  int64_t offset = 0;
  for (auto& buffer : buffers) {
    Tensor target = values_.narrow(0, offset, buffer.numel()).view(buffer.sizes());
    target.copy_(buffer);
    buffer.set_data(target);
    offset += padded(buffer);
  }
  saved_ = values_.clone();
}

void RunningStatistics::save() {
  if (values_.defined()) saved_.copy_(values_);
}

void RunningStatistics::restore_if(const Tensor& bad) {
  if (values_.defined()) values_.copy_(at::where(bad, saved_, values_));
}

}  // namespace latent
