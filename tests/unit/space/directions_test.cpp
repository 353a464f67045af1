#include "space/directions.h"

#include "statistics/ranking.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::space {
namespace {

BinaryContrast sides(const std::vector<int64_t>& positive) {
  const Tensor yes = torch::tensor(positive).to(torch::kBool);
  const Tensor weight = torch::where(yes, 1.0 / yes.sum().item<double>(),
                                     1.0 / yes.logical_not().sum().item<double>());
  return {yes, weight.to(torch::kDouble)};
}

TEST(Directions, MeanIsTheDifferenceOfTheSides) {
  // The sides' means differ by (4, 0); the second latent varies within them.
  const Tensor means = torch::tensor({{-2.0F, 1.0F}, {-2.0F, -1.0F}, {2.0F, 1.0F}, {2.0F, -1.0F}});
  const Direction found = find_direction(means, sides({0, 0, 1, 1}), Method::kMean);
  expect_tensor_near(found.unit, torch::tensor({1.0, 0.0}), 1e-9);
  expect_tensor_near(found.step(), torch::tensor({2.0, 0.0}), 1e-6);
  expect_tensor_near(found.scores(means), torch::tensor({-1.0, -1.0, 1.0, 1.0}), 1e-9);
}

// How far a score may be from the exact one of latents that are floats.
double score_rounding(const Tensor& means, const Direction& direction) {
  const Tensor terms = means.to(torch::kDouble).abs().mv(direction.unit.to(torch::kDouble).abs());
  return rounding(terms.max().item<double>() / direction.step().norm().item<double>(),
                  static_cast<double>(means.size(1)));
}

TEST(Directions, OneStepRaisesTheScoreByOne) {
  const Tensor means = normal({200, 5}) * torch::tensor({1.0F, 3.0F, 0.1F, 1.0F, 2.0F}) + 1;
  const Tensor noisy = means.select(1, 1) + means.select(1, 3);
  const BinaryContrast some = {noisy > 2, torch::where(noisy > 2, 0.01, 0.02).to(torch::kDouble)};
  for (const Method method : {Method::kMean, Method::kLogistic}) {
    const Direction found = find_direction(means, some, method);
    const Tensor moved = means + 2 * found.step();
    expect_tensor_near(found.scores(moved), found.scores(means) + 2, score_rounding(moved, found));
    EXPECT_NEAR(found.scores(means).std(false).item<double>(), 1, 1e-9);
  }
}

TEST(Directions, LogisticSeparatesCorrelatedLatents) {
  // Only the difference of the two latents tells; each alone is mostly common noise.
  const Tensor common = normal({2000}, 1) * 5, sign = normal({2000}, 2);
  const Tensor means = torch::stack({common + sign, common - sign}, 1);
  const BinaryContrast by_sign = {sign > 0, torch::full({2000}, 1e-3, torch::kDouble)};
  const auto separation = [&](Method method) {
    return statistics::auroc(find_direction(means, by_sign, method).scores(means),
                             by_sign.positive);
  };
  EXPECT_GT(separation(Method::kLogistic), 0.99);
  EXPECT_LT(separation(Method::kMean), 0.99);
}

TEST(Directions, OrthogonalStepsLeaveOtherScores) {
  const Tensor means = normal({400, 6});
  const Tensor a = means.select(1, 0) > 0, b = means.select(1, 0) + means.select(1, 1) > 0;
  const Tensor weight = torch::full({400}, 0.005, torch::kDouble);
  for (const Method method : {Method::kMean, Method::kLogistic}) {
    const Direction other = find_direction(means, {b, weight}, method);
    // Given twice, as two attributes that say the same: still only one direction is removed.
    const Direction found = find_direction(means, {a, weight}, method, {{b, weight}, {b, weight}});
    const Tensor moved = means + 3 * found.step();
    expect_tensor_near(other.scores(moved), other.scores(means), score_rounding(moved, other));
    EXPECT_NEAR(found.unit.norm().item<double>(), 1, 1e-9);
    expect_error(
        [&] {
          find_direction(means, {a, weight}, method, {{a, weight}});
        },
        "nothing of the direction remains at right angles to the other attributes; expected "
        "attributes that differ from it");
  }
}

TEST(Directions, RegressionLeavesOutWhatGoesAlong) {
  // The attribute moves the first latent, another one the second, and both go along: of 8 images 3
  // have both and 3 neither.
  const std::vector<int64_t> own{1, 1, 1, 1, 0, 0, 0, 0}, other{1, 1, 1, 0, 0, 0, 0, 1};
  const Tensor a = torch::tensor(own).to(torch::kFloat) * 2 - 1;
  const Tensor b = torch::tensor(other).to(torch::kFloat) * 2 - 1;
  const Tensor means = torch::stack({a, b}, 1);
  const BinaryContrast by_own = sides(own);
  const Tensor covariate = b.to(torch::kDouble).unsqueeze(1);
  const Direction mean = find_direction(means, by_own, Method::kMean);
  EXPECT_NEAR(mean.unit[1].item<double>() / mean.unit[0].item<double>(), 0.5, 1e-9);
  const Direction alone = find_direction(means, by_own, Method::kRegression, {}, covariate);
  expect_tensor_near(alone.unit, torch::tensor({1.0, 0.0}), 1e-3);
  const Direction without = find_direction(means, by_own, Method::kRegression);
  expect_tensor_near(without.unit, mean.unit, 1e-12);
}

TEST(Directions, CovarianceTurnsWeightsIntoChanges) {
  // Only the difference of the latents tells, so logistic regression weights both; images that
  // score higher differ in the first one alone.
  const Tensor common = normal({2000}, 1), sign = normal({2000}, 2);
  const Tensor means = torch::stack({common + 3 * sign, common}, 1);
  const BinaryContrast by_sign = {sign > 0, torch::full({2000}, 1e-3, torch::kDouble)};
  const Direction weights = find_direction(means, by_sign, Method::kLogistic);
  const Direction change = find_direction(means, by_sign, Method::kCovariance);
  EXPECT_LT(weights.unit[1].item<double>(), -0.2);
  EXPECT_NEAR(change.unit[1].item<double>(), 0, 0.1);
  EXPECT_GT(change.unit[0].item<double>(), 0.99);
}

TEST(Directions, MethodsHaveNames) {
  for (const Method method : kMethods)
    EXPECT_EQ(parse_method(to_string(method)), method);
  expect_error([] { parse_method("guess"); },
               "expected mean or logistic or covariance or regression");
}

TEST(Directions, ConstantLatentsAreLeftAlone) {
  const Tensor means = torch::tensor({{1.0F, 7.0F}, {2.0F, 7.0F}, {4.0F, 7.0F}});
  const Direction found = find_direction(means, sides({0, 0, 1}), Method::kLogistic);
  EXPECT_EQ(found.step()[1].item<float>(), 0);
  EXPECT_GT(found.step()[0].item<float>(), 0);
}

TEST(Directions, EqualSidesHaveNone) {
  const Tensor means = torch::tensor({{1.0F}, {1.0F}, {1.0F}});
  expect_error(
      [&] {
        find_direction(means, sides({0, 0, 1}), Method::kMean);
      },
      "the attribute has no direction: both sides have the same latents");
}

}  // namespace
}  // namespace latent::space
