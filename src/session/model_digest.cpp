#include "session/model_digest.h"

#include <ATen/ATen.h>

#include "core/sha256.h"

namespace latent {

std::string model_digest(const Autoencoder& model) {
  const torch::NoGradGuard no_grad;
  Sha256 digest;
  const auto add = [&](const auto& named) {
    for (const auto& item : named) {
      const Tensor values = item.value().cpu().contiguous();
      digest.add(item.key());
      digest.add(values.const_data_ptr(), values.nbytes());
    }
  };
  add(model.named_parameters());
  add(model.named_buffers());
  return digest.hex();
}

}  // namespace latent
