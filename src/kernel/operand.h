// What the kernels read of LibTorch's tensors.
#pragma once

#include "core/tensor.h"
#include "kernel/bf16.h"

namespace latent::kernel {

/// Returns true if our kernels for the CPU read such values: float32 or bfloat16, on the CPU, in
/// four dimensions.
bool is_feature_map(const Tensor& x);

/// Returns true if these values are bfloat16, or will be under autocast.
bool is_narrowed(const Tensor& x);

/// Returns x in the type that autocast asks for.
Tensor as_autocast(const Tensor& x);

/// Calls work with null pointers to the type of x's values: `float*` or `Bf16*`.
template <typename Work>
void with_type(const Tensor& x, const Work& work) {
  if (x.scalar_type() == at::kBFloat16) {
    work(static_cast<Bf16*>(nullptr));
  } else {
    work(static_cast<float*>(nullptr));
  }
}

/// Returns the values of a tensor of type T, contiguous in some order; null if it is undefined.
template <typename T>
const T* values(const Tensor& x) {
  return x.defined() ? static_cast<const T*>(x.const_data_ptr()) : nullptr;
}
template <typename T>
T* writable(const Tensor& x) {
  return x.defined() ? static_cast<T*>(x.mutable_data_ptr()) : nullptr;
}

}  // namespace latent::kernel
