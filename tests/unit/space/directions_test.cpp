#include "space/directions.h"
#include "statistics/ranking.h"

#include "statistics/logistic.h"
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

TEST(Auroc, CountsPairsAndHalvesTies) {
  const Tensor yes = torch::tensor({0, 0, 1, 1}).to(torch::kBool);
  EXPECT_DOUBLE_EQ(statistics::auroc(torch::tensor({1.0, 2.0, 3.0, 4.0}), yes), 1.0);
  EXPECT_DOUBLE_EQ(statistics::auroc(torch::tensor({4.0, 3.0, 2.0, 1.0}), yes), 0.0);
  // Pairs (negative, positive): 1<2, 1<3, 2=2, 2<3.
  EXPECT_DOUBLE_EQ(statistics::auroc(torch::tensor({1.0, 2.0, 2.0, 3.0}), yes), 3.5 / 4);
  EXPECT_DOUBLE_EQ(statistics::auroc(torch::zeros({4}), yes), 0.5);
}

TEST(Directions, MeanIsTheDifferenceOfTheSides) {
  // The sides' means differ by (4, 0); the second latent varies within them.
  const Tensor means = torch::tensor({{-2.0F, 1.0F}, {-2.0F, -1.0F}, {2.0F, 1.0F}, {2.0F, -1.0F}});
  const Direction found = find_direction(means, sides({0, 0, 1, 1}), Method::kMean);
  expect_tensor_near(found.unit, torch::tensor({1.0, 0.0}), 1e-9);
  expect_tensor_near(found.step(), torch::tensor({2.0, 0.0}), 1e-6);
  expect_tensor_near(found.scores(means), torch::tensor({-1.0, -1.0, 1.0, 1.0}), 1e-9);
}

TEST(Directions, OneStepRaisesTheScoreByOne) {
  const Tensor means = normal({200, 5}) * torch::tensor({1.0F, 3.0F, 0.1F, 1.0F, 2.0F}) + 1;
  const Tensor noisy = means.select(1, 1) + means.select(1, 3);
  const BinaryContrast some = {noisy > 2, torch::where(noisy > 2, 0.01, 0.02).to(torch::kDouble)};
  for (const Method method : {Method::kMean, Method::kLogistic}) {
    const Direction found = find_direction(means, some, method);
    expect_tensor_near(found.scores(means + 2 * found.step()), found.scores(means) + 2, 1e-5);
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
    expect_tensor_near(other.scores(means + 3 * found.step()), other.scores(means), 1e-5);
    EXPECT_NEAR(found.unit.norm().item<double>(), 1, 1e-9);
    expect_error(
        [&] {
          find_direction(means, {a, weight}, method, {{a, weight}});
        },
        "nothing of the direction remains at right angles to the other attributes; expected "
        "attributes that differ from it");
  }
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

TEST(Logistic, MatchesAHandWorkedOptimum) {
  // x = -1 and 1, one image each side: minimise 2 log(1 + exp(-w)) + w^2 / 2, so that
  // w = 2 / (1 + exp(w)): w = 0.6748.
  const statistics::Logistic found =
      statistics::fit_logistic(torch::tensor({{-1.0}, {1.0}}, torch::kDouble),
                               torch::tensor({false, true}), torch::ones({2}, torch::kDouble), 1.0);
  const auto w = found.weights[0].item<double>();
  EXPECT_NEAR(w, 2 / (1 + std::exp(w)), 1e-6);
  EXPECT_NEAR(w, 0.6748, 1e-4);
  EXPECT_NEAR(found.offset, 0, 1e-6);
}

TEST(Logistic, IsAStationaryPointOfItsObjective) {
  const Tensor x = normal({500, 4}).to(torch::kDouble);
  const Tensor yes = x.select(1, 0) + normal({500}, 3) > 0.7;
  const Tensor weight = torch::full({500}, 1.0 / 500, torch::kDouble);
  const statistics::Logistic found = statistics::fit_logistic(x, yes, weight, 0.01);
  const Tensor p = torch::sigmoid(x.mv(found.weights) + found.offset);
  const Tensor pull = weight * (p - yes.to(torch::kDouble));
  expect_tensor_near(x.t().mv(pull) + 0.01 * found.weights, torch::zeros({4}), 1e-6);
  EXPECT_NEAR(pull.sum().item<double>(), 0, 1e-6);
  EXPECT_LT(found.iterations, 15);
}

}  // namespace
}  // namespace latent::space
