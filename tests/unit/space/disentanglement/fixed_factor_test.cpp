#include "space/disentanglement/fixed_factor.h"

#include "core/random.h"
#include "unit/expect.h"

namespace latent::space {
namespace {

TEST(FixedFactor, GroupsAreRowsOfOneValue) {
  const FactorGroups groups =
      group_by_value(torch::tensor({{0, 0}, {1, 0}, {0, 0}, {2, 0}, {1, 0}}));
  ASSERT_EQ(groups.size(), 2U);
  ASSERT_EQ(groups[0].size(), 2U);  // value 2 has one image
  expect_tensor_near(groups[0][0], torch::tensor({0, 2}), 0);
  expect_tensor_near(groups[0][1], torch::tensor({1, 4}), 0);
  EXPECT_EQ(groups[1][0].numel(), 5);
}

TEST(FixedFactor, DrawsShareTheValueAndDifferOtherwise) {
  const Tensor factors =
      torch::stack({torch::arange(90).remainder(3), torch::arange(90).div(30, "floor")}, 1);
  const DrawOptions options{.images = 8, .learned = 200, .tested = 20};
  const auto draw = [&] {
    return draw_fixed_factors(group_by_value(factors), generator(1, Stream::kSample), options);
  };
  const FixedFactorDraws draws = draw();
  EXPECT_EQ(draws.tested.rows.sizes(), (std::vector<int64_t>{20, 8}));
  const Tensor mean = draws.learned.factor.to(at::kDouble).mean();
  EXPECT_NEAR(mean.item<double>(), 0.5, 0.15);  // four standard errors
  for (int64_t v = 0; v < 200; ++v) {
    const auto k = draws.learned.factor[v].item<int64_t>();
    const Tensor values = factors.select(1, k);
    const Tensor rows = draws.learned.rows[v];
    EXPECT_EQ(std::get<0>(at::_unique(values.index_select(0, rows))).numel(), 1) << v;
    EXPECT_EQ(std::get<0>(at::_unique(rows)).numel(), 8) << v;
    const Tensor first = draws.learned.first[v], second = draws.learned.second[v];
    EXPECT_TRUE(values.index_select(0, first).equal(values.index_select(0, second))) << v;
    EXPECT_FALSE(first.eq(second).any().item<bool>()) << v;
  }
  expect_tensor_near(draw().learned.rows, draws.learned.rows, 0);
}

TEST(FixedFactor, AValueOfFewImagesIsRepeated) {
  const FactorGroups groups{{torch::tensor({4, 7})}};
  const auto draws = draw_fixed_factors(groups, generator(1, Stream::kSample),
                                        {.images = 6, .learned = 3, .tested = 1});
  expect_tensor_near(draws.learned.rows.sum(1), torch::full({3}, 33), 0);
}

}  // namespace
}  // namespace latent::space
