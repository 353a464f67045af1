#include "space/usage.h"

#include "unit/expect.h"

namespace latent::space {
namespace {

// Two images, three latents. KL of N(m, s^2): (m^2 + s^2 - 1 - ln s^2) / 2.
Latent two_codes() {
  const Tensor mean = torch::tensor({{0.0F, 1.0F, 0.0F}, {0.0F, -3.0F, 0.0F}});
  const double ln4 = std::log(4.0);
  const Tensor logvar = torch::tensor({{0.0, 0.0, ln4}, {0.0, 0.0, ln4}});
  return {.z = mean, .code = mean, .posterior = Posterior{mean, logvar}};
}

TEST(Usage, IsTheMeanKlOfEachLatent) {
  // 0; the mean of 1/2 and 9/2; (4 - 1 - ln 4) / 2.
  expect_tensor_near(usage(two_codes()), torch::tensor({0.0, 2.5, 0.8068528}), 1e-6);
}

TEST(Usage, OfPlainCodesIsTheirVariance) {
  Latent codes = two_codes();
  codes.posterior.reset();
  expect_tensor_near(usage(codes), torch::tensor({0.0, 4.0, 0.0}), 1e-6);
}

TEST(Usage, OrdersTheMostUsedFirst) {
  EXPECT_EQ(most_used_first(torch::tensor({0.5, 2.0, 0.5, 3.0})),
            (std::vector<int64_t>{3, 1, 0, 2}));
}

}  // namespace
}  // namespace latent::space
