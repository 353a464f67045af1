#include "model/shared_batch_norm.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/generated/variable_factories.h>

#include "unit/twin.h"

namespace latent {
namespace {

struct Normalised {
  Tensor y, of_x, of_weight, of_bias;
};

Tensor leaf(const Tensor& values) { return values.detach().clone().requires_grad_(); }

// The loss is the sum of y times `factors`.
Normalised whole(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& factors) {
  const Tensor own = leaf(x), w = leaf(weight), b = leaf(bias);
  const Tensor y = at::batch_norm(own, w, b, {}, {}, true, 0.1, 1e-5, false);
  (y * factors).sum().backward();
  return {y.detach(), own.grad(), w.grad(), b.grad()};
}

void expect_parts_to_equal_the_whole(c10::IntArrayRef sizes) {
  torch::manual_seed(3);
  const Tensor x = at::randn(sizes) * 2 + 30, factors = at::randn(sizes);
  const Tensor weight = at::randn({sizes[1]}), bias = at::randn({sizes[1]});
  const Normalised expected = whole(x, weight, bias, factors);
  in_both([&](const World& world) {
    const Together together(world, {2, 3});
    const int64_t first = together.first(), count = world.leads() ? 2 : 3;
    const Tensor own = leaf(x.narrow(0, first, count)), w = leaf(weight), b = leaf(bias);
    const auto [y, statistics] = shared_batch_norm(own, w, b, 1e-5, together);
    EXPECT_EQ(statistics.count, x.numel() / x.size(1));
    expect_tensor_near(y.detach(), expected.y.narrow(0, first, count), 2e-5);
    (y * factors.narrow(0, first, count)).sum().backward();
    expect_tensor_near(own.grad(), expected.of_x.narrow(0, first, count), 2e-5);
    // Each process has its part of these gradients.
    const Tensor of_weight = w.grad().clone(), of_bias = b.grad().clone();
    world.sum(of_weight);
    world.sum(of_bias);
    expect_tensor_near(of_weight, expected.of_weight, 1e-4);
    expect_tensor_near(of_bias, expected.of_bias, 1e-4);
  });
}

TEST(SharedBatchNorm, RowsInTwoParts) { expect_parts_to_equal_the_whole({5, 3}); }

TEST(SharedBatchNorm, ImagesInTwoParts) { expect_parts_to_equal_the_whole({5, 3, 4, 2}); }

// 1, 3 and 8 in two parts: mean 4, variance (9 + 1 + 16) / 3.
TEST(SharedBatchNorm, StatisticsWorkedOutByHand) {
  in_both([](const World& world) {
    const Together together(world, {1, 2});
    const Tensor x = world.leads() ? torch::tensor({{1.0F}}) : torch::tensor({{3.0F}, {8.0F}});
    const auto [y, statistics] =
        shared_batch_norm(x, at::ones({1}), at::zeros({1}), 1e-5, together);
    EXPECT_FLOAT_EQ(statistics.mean.item<float>(), 4);
    EXPECT_FLOAT_EQ(statistics.variance.item<float>(), 26.0F / 3);
    EXPECT_EQ(statistics.count, 3);
  });
}

}  // namespace
}  // namespace latent
