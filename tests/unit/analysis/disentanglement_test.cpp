#include "analysis/disentanglement.h"

#include "unit/expect.h"

namespace latent {
namespace {

TEST(Disentanglement, DeadLatentsAreTheStillOnes) {
  // Standard deviations 1, 0.2, 0.07 and 0.04.
  const Tensor sign = torch::tensor({-1.0, 1.0, 1.0, -1.0}, at::kDouble).unsqueeze(1);
  const Tensor codes = sign * torch::tensor({1.0, 0.2, 0.07, 0.04}, at::kDouble);
  EXPECT_EQ(active_latents(codes, false), (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(active_latents(codes, true), (std::vector<int64_t>{0, 1}));  // variance above 0.01
  EXPECT_EQ(active_latents(codes / 100, false), (std::vector<int64_t>{0, 1, 2}));
  EXPECT_TRUE(active_latents(torch::zeros({4, 2}), false).empty());
}

}  // namespace
}  // namespace latent
