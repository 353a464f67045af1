// The average of the weights: worked out by hand, left alone by bad steps, and used and put back.
#include "train/optimizer/weight_average.h"

#include <ATen/ATen.h>

#include "unit/expect.h"

namespace latent {
namespace {

Tensor steps_done(int64_t steps) { return at::full({}, steps, at::kLong); }
Tensor is_bad(bool bad) { return at::full({}, bad, at::kBool); }

TEST(WeightAverage, FollowsTheValues) {
  Tensor values = at::tensor({1.0F, 10.0F});
  WeightAverage average(0.5, {values});
  EXPECT_TRUE(average.active());
  values.fill_(11);
  average.update(steps_done(0), is_bad(false));  // decay (1 + 0) / (10 + 0) = 0.1
  expect_tensor_near(average.averaged(values), at::tensor({10.0F, 10.9F}), 1e-5);
  values.fill_(0);
  average.update(steps_done(2), is_bad(false));  // 3 / 12 = 0.25
  expect_tensor_near(average.averaged(values), at::tensor({2.5F, 2.725F}), 1e-5);
  values.fill_(4.5);
  average.update(steps_done(1000), is_bad(false));  // 0.5: 1001 / 1010 would be more
  expect_tensor_near(average.averaged(values), at::tensor({3.5F, 3.6125F}), 1e-5);
}

TEST(WeightAverage, ASkippedStepChangesNothing) {
  Tensor values = at::tensor({1.0F});
  WeightAverage average(0.9, {values});
  values.fill_(5);
  average.update(steps_done(3), is_bad(true));
  EXPECT_EQ(average.averaged(values).item<float>(), 1);
}

TEST(WeightAverage, IsUsedAndPutBack) {
  Tensor weights = at::zeros({6}), statistics = at::zeros({2});
  const Tensor view = weights.as_strided({2, 2}, {1, 2}, 2);  // numbers 2 to 5, column by column
  WeightAverage average(0.9, {weights, statistics});
  weights.copy_(at::arange(6, at::kFloat));
  statistics.fill_(7);
  EXPECT_TRUE(average.has(view));
  EXPECT_TRUE(average.has(statistics));
  EXPECT_FALSE(average.has(at::zeros({6})));
  {
    const AverageInUse use(average);
    EXPECT_EQ(view.sum().item<float>(), 0);
    EXPECT_EQ(average.averaged(view).sum().item<float>(), 0);
    expect_tensor_near(average.trained(view), at::tensor({2.0F, 4.0F, 3.0F, 5.0F}).view({2, 2}), 0);
    EXPECT_EQ(statistics.sum().item<float>(), 0);
  }
  EXPECT_EQ(view.sum().item<float>(), 14);
  EXPECT_EQ(statistics.sum().item<float>(), 14);
  EXPECT_TRUE(average.trained(view).is_alias_of(weights));
}

TEST(WeightAverage, WithoutADecayThereIsNone) {
  Tensor values = at::tensor({1.0F});
  WeightAverage average(0, {values});
  EXPECT_FALSE(average.active());
  EXPECT_FALSE(average.has(values));
  average.update(steps_done(0), is_bad(false));
  const AverageInUse use(average);
  EXPECT_EQ(values.item<float>(), 1);
}

}  // namespace
}  // namespace latent
