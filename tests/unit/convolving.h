// What the tests of convolutions share: gradients by LibTorch, and a number of threads.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

#include "core/tensor.h"
#include "unit/expect.h"

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

/// Returns the sums of the absolute values of the terms that `output_and_gradients` adds up.
/// conv: without the activation before it, whose slope is given.
template <typename Conv>
std::vector<Tensor> absolute_terms(const Conv& conv, double slope,
                                   const std::vector<Tensor>& operands, const Tensor& back) {
  const Tensor& x = operands[0];
  auto all = output_and_gradients(
      conv, {at::leaky_relu(x, slope).abs(), operands[1].abs(), operands[2].abs()}, back.abs());
  all[1] *= at::where(x > 0, 1.0, slope);
  return all;
}

/// got: sums in single precision, of terms whose signs are random. The sum of the first k of n is
/// then about sqrt(k) of them, so n roundings of such sums, in whatever order, deviate by less than
/// one rounding of the sum of all absolute terms. The bound is sixteen deviations; up to sixteen
/// terms cannot err by more at all.
inline void expect_sums_near(const Tensor& got, const Tensor& want, const Tensor& terms) {
  expect_tensor_near(got, want, 16 * kRounding * terms);
}

}  // namespace latent
