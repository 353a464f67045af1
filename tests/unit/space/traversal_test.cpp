#include "space/traversal.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::space {
namespace {

TEST(Traversal, ChangesOneLatentEvenly) {
  const Tensor got = traversal(torch::tensor({5.0F, 6.0F}), 1, -1, 1, 3);
  expect_tensor_near(got, torch::tensor({{5., -1.}, {5., 0.}, {5., 1.}}), 1e-7);
}

TEST(Traversal, RangeOfPlainCodesIsTheirQuantiles) {
  const Tensor mean = torch::arange(101, torch::kFloat).unsqueeze(1);
  const Latent codes{.z = mean, .code = mean};
  const Tensor range = quantile_range(codes, 0.1, 0.9, generator(0, Stream::kSample));
  expect_tensor_near(range, torch::tensor({{10.0}, {90.0}}), 1e-6);
}

TEST(Traversal, RangeOfAnUnusedLatentIsThePriors) {
  const Tensor zero = torch::zeros({20000, 1});
  const Latent codes{.z = zero, .code = zero, .posterior = Posterior{zero, zero}};
  const Tensor range = quantile_range(codes, 0.0228, 0.9772, generator(0, Stream::kSample));
  expect_tensor_near(range, torch::tensor({{-2.0}, {2.0}}), 0.1);
}

}  // namespace
}  // namespace latent::space
