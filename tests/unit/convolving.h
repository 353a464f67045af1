// What the tests of convolutions share: gradients by LibTorch, and a number of threads.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

#include "core/tensor.h"

namespace latent {

/// Sets LibTorch's number of threads while it lives.
class LimitedThreads {
 public:
  explicit LimitedThreads(int count) { at::set_num_threads(count); }
  ~LimitedThreads() { at::set_num_threads(before_); }

 private:
  int before_ = at::get_num_threads();
};

/// Returns the output and the gradients of input, weight and bias for the gradient `back` of the
/// output.
template <typename Conv>
std::vector<Tensor> output_and_gradients(const Conv& conv, std::vector<Tensor> operands,
                                         const Tensor& back) {
  for (Tensor& operand : operands)
    operand = operand.detach().requires_grad_(true);
  const Tensor output = conv(operands[0], operands[1], operands[2]);
  std::vector<Tensor> all{output.detach()};
  for (const Tensor& gradient : torch::autograd::grad({output}, operands, {back}))
    all.push_back(gradient);
  return all;
}

/// Returns the operands in double precision.
inline std::vector<Tensor> exact_operands(std::vector<Tensor> operands) {
  for (Tensor& operand : operands)
    operand = operand.to(at::kDouble);
  return operands;
}

}  // namespace latent
