// What the tests of convolutions share: gradients by LibTorch, and a number of threads.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

#include "core/tensor.h"
#include "kernel/pair_product.h"
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

/// Half the distance from 1 to the next number of bfloat16.
inline constexpr double kBf16Rounding = 1.0 / 256;

/// got: such sums of products of bfloat16, which are exact in single precision; rounded once more
/// if `got` is bfloat16 itself.
/// roundings: of the factors of a term, where `want` has not rounded them likewise.
inline void expect_bf16_sums_near(const Tensor& got, const Tensor& want, const Tensor& terms,
                                  int roundings = 0) {
  // A little more than one of each, for products of errors.
  const double of_term = 17 * kRounding + 1.01 * roundings * kBf16Rounding;
  const double of_sum = got.scalar_type() == at::kBFloat16 ? kBf16Rounding : 0;
  expect_tensor_near(got, want, of_term * terms + of_sum * want.abs());
}

/// Returns values of bfloat16 as floats.
inline Tensor rounded_to_bf16(const Tensor& x) { return x.to(at::kBFloat16).to(at::kFloat); }

/// Returns the output and the gradients in double precision of a convolution in bfloat16: of values
/// that are rounded as in it.
/// conv: without the activation before it, whose slope is given.  operands: input, weight, bias.
template <typename Conv>
std::vector<Tensor> bf16_output_and_gradients(const Conv& conv, double slope,
                                              const std::vector<Tensor>& operands,
                                              const Tensor& back) {
  const Tensor x = operands[0].to(at::kBFloat16);
  const Tensor active = slope == 1 ? x : at::leaky_relu(x.to(at::kFloat), slope).to(at::kBFloat16);
  auto all = output_and_gradients(
      conv, exact_operands({active, rounded_to_bf16(operands[1]), operands[2]}),
      rounded_to_bf16(back).to(at::kDouble));
  all[1] *= at::where(x > 0, 1.0, static_cast<double>(static_cast<float>(slope)));
  return all;
}

/// Calls a test with each arithmetic of pairs that this processor has, then restores the former.
template <typename Test>
void for_each_pair_arithmetic(const Test& test) {
  using kernel::PairArithmetic;
  const PairArithmetic before = kernel::pair_arithmetic();
  for (const auto arithmetic :
       {PairArithmetic::kEmulated, PairArithmetic::kVectors, PairArithmetic::kTiles}) {
    if (!kernel::is_available(arithmetic)) continue;
    SCOPED_TRACE(testing::Message() << "arithmetic " << static_cast<int>(arithmetic));
    kernel::set_pair_arithmetic(arithmetic);
    test();
  }
  kernel::set_pair_arithmetic(before);
}

}  // namespace latent
