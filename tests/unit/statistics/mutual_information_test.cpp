#include "statistics/mutual_information.h"

#include <cmath>

#include "unit/expect.h"

namespace latent::statistics {
namespace {

TEST(MutualInformation, BinsHaveEqualWidthAndEdgesGoUp) {
  const Tensor x = torch::tensor({{0.0, 7.0}, {1.0, 7.0}, {2.0, 7.0}, {3.0, 7.0}, {4.0, 7.0}});
  const Tensor want = torch::tensor({{0, 0}, {0, 0}, {1, 0}, {1, 0}, {1, 0}});
  expect_tensor_near(equal_width_bins(x, 2), want, 0);
}

TEST(MutualInformation, RanksNumberTheDifferentValues) {
  const Tensor x = torch::tensor({{5.0, 1.0}, {-1.0, 1.0}, {5.0, 0.0}, {2.0, 1.0}});
  expect_tensor_near(value_ranks(x), torch::tensor({{2, 1}, {0, 1}, {2, 0}, {1, 1}}), 0);
}

TEST(MutualInformation, MatchesHandWorkedTables) {
  const Tensor a = torch::tensor({{0}, {0}, {1}, {1}});
  const Tensor b = torch::tensor({{0, 0, 0}, {0, 1, 0}, {1, 0, 0}, {1, 1, 1}});
  // Of the last: H(a) = ln 2, H(b) = ln 4 - 3/4 ln 3, and the pairs have shares 1/2, 1/4, 1/4.
  const double of_b = std::log(4) - 0.75 * std::log(3), both = 1.5 * std::log(2);
  const Tensor want = torch::tensor({{std::log(2), 0.0, std::log(2) + of_b - both}}, at::kDouble);
  expect_tensor_near(mutual_information(a, b), want, 1e-12);
  expect_tensor_near(entropy(b), torch::tensor({std::log(2), std::log(2), of_b}, at::kDouble),
                     1e-12);
}

}  // namespace
}  // namespace latent::statistics
