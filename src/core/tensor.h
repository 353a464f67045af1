// Tensors without neural-network modules, and the check of their shapes.
#pragma once

#include <torch/types.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace latent {

using torch::Tensor;

/// A tensor and what it is called in reports: "kl".
struct NamedTensor {
  std::string name;
  Tensor value;
};

/// Checks the sizes of `x`; -1 means any size. A mismatch is a bug, not a user's mistake.
/// Throws c10::Error naming `what`, the shape found and the shape expected.
void expect_shape(const Tensor& x, std::initializer_list<int64_t> sizes, std::string_view what);

}  // namespace latent
