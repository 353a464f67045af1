#include "model/prior.h"

#include <ATen/ATen.h>

#include "core/random.h"
#include "unit/expect.h"

namespace latent {
namespace {

TEST(Prior, StandardNormalTimesTheTemperature) {
  auto noise = generator(3, Stream::kSample);
  const Tensor z = StandardNormal(3).sample(20'000, 0.5, noise);
  EXPECT_EQ(z.sizes(), (c10::IntArrayRef{20'000, 3}));
  expect_tensor_near(z.mean(0), at::zeros({3}), 0.02);
  expect_tensor_near(z.std(0), at::full({3}, 0.5), 0.01);
}

}  // namespace
}  // namespace latent
