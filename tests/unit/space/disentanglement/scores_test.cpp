#include "space/disentanglement/scores.h"

#include "unit/expect.h"

namespace latent::space {
namespace {

// Two independent factors of two values each.
Tensor two_factors() { return torch::tensor({{0, 0}, {0, 1}, {1, 0}, {1, 1}}); }
Tensor two_codes() { return two_factors().to(at::kDouble); }

TEST(DisentanglementScores, TheGapIsBetweenTheTwoBest) {
  EXPECT_NEAR(top_two_gap(torch::tensor({{0.9, 0.1}, {0.5, 0.6}, {0.0, 0.2}}, at::kDouble)),
              (0.4 + 0.4) / 2, 1e-12);
  EXPECT_NEAR(top_two_gap(torch::tensor({{0.3, 0.5}}, at::kDouble)), 0.4, 1e-12);
}

TEST(DisentanglementScores, APerfectCodeScoresOne) {
  EXPECT_NEAR(mig(two_codes(), two_factors()), 1, 1e-12);
  EXPECT_NEAR(sap_continuous(two_codes(), two_codes()), 1, 1e-12);
  EXPECT_NEAR(modularity(two_codes(), two_factors()), 1, 1e-12);
  EXPECT_NEAR(irs(two_codes(), two_factors()), 1, 1e-12);
}

TEST(DisentanglementScores, ACodeThatKnowsNothingScoresZero) {
  // Each value appears once with each combination of the factors.
  const Tensor factors = two_factors().repeat({2, 1});
  const Tensor code = torch::tensor({-1.0, -1.0, -1.0, -1.0, 1.0, 1.0, 1.0, 1.0}).unsqueeze(1);
  const Tensor codes = code.to(at::kDouble);
  EXPECT_NEAR(mig(codes, factors), 0, 1e-12);
  EXPECT_NEAR(sap_continuous(codes, factors.to(at::kDouble)), 0, 1e-12);
  EXPECT_NEAR(modularity(codes, factors), 0, 1e-12);
  EXPECT_NEAR(irs(codes, factors), 0, 1e-12);
}

TEST(DisentanglementScores, ALatentThatSaysHalfOfEachIsNotModular) {
  // The sum of both factors: the squares of its information about either are equal.
  const Tensor sum = two_codes().sum(1, /*keepdim=*/true);
  EXPECT_NEAR(modularity(sum, two_factors()), 0, 1e-12);
}

TEST(DisentanglementScores, CorrelationIgnoresALatentThatNeverMoves) {
  const Tensor codes = torch::cat({two_codes(), torch::full({4, 1}, 3.0, at::kDouble)}, 1);
  EXPECT_NEAR(sap_continuous(codes, two_codes()), 1, 1e-12);
}

TEST(DisentanglementScores, RobustnessIsRelativeToTheLargestDeviation) {
  // Factor 0 leaves -1, -1/2 and 1/2, 1: deviations of 1/4 within each value, of 1 overall; and 99%
  // of two equal deviations is the same.
  const Tensor code = torch::tensor({{-1.0}, {-0.5}, {0.5}, {1.0}}, at::kDouble);
  EXPECT_NEAR(irs(code, two_factors()), 0.75, 1e-12);
}

TEST(DisentanglementScores, DciReadsRowsAndColumns) {
  const Dci own = dci_of(torch::eye(3, at::kDouble));
  EXPECT_NEAR(own.disentanglement, 1, 1e-8);
  EXPECT_NEAR(own.completeness, 1, 1e-8);
  const Dci spread = dci_of(torch::ones({3, 2}, at::kDouble));
  EXPECT_NEAR(spread.disentanglement, 0, 1e-8);
  EXPECT_NEAR(spread.completeness, 0, 1e-8);
  // Both latents are used for the first factor only.
  const Dci shared = dci_of(torch::tensor({{1.0, 0.0}, {1.0, 0.0}}, at::kDouble));
  EXPECT_NEAR(shared.disentanglement, 1, 1e-8);
  EXPECT_NEAR(shared.completeness, 0, 1e-8);
  EXPECT_NEAR(dci_of(torch::tensor({{0.5, 0.5}}, at::kDouble)).completeness, 1, 1e-8);
}

TEST(DisentanglementScores, TheLatentThatMovesLeastGetsTheVote) {
  const Tensor codes = torch::tensor({{0.0, 0.0}, {0.0, 1.0}, {5.0, 1.0}, {5.0, 2.0}}, at::kDouble);
  const Tensor rows = torch::tensor({{0, 1}, {1, 2}, {0, 3}});
  // The last draw: variances 12.5 and 2, relative to 10 and 1.
  const Tensor votes = least_variance_votes(codes, rows, torch::tensor({10.0, 1.0}, at::kDouble));
  expect_tensor_near(votes, torch::tensor({0, 1, 0}), 0);
}

TEST(DisentanglementScores, TheMajorityOfVotesNamesTheFactor) {
  // Latent 0 won two draws of factor 0 and one of factor 1, latent 1 two of factor 1.
  const double found =
      majority_accuracy(torch::tensor({0, 0, 1, 1, 1}), torch::tensor({0, 0, 1, 1, 0}),
                        torch::tensor({0, 1, 1}), torch::tensor({0, 1, 0}));
  EXPECT_NEAR(found, 2.0 / 3, 1e-12);
}

TEST(DisentanglementScores, PairsDifferByTheMeanDistance) {
  const Tensor codes = torch::tensor({{0.0, 1.0}, {2.0, 5.0}}, at::kDouble);
  const Tensor found = pair_differences(codes, torch::tensor({{0, 0}}), torch::tensor({{1, 0}}));
  expect_tensor_near(found, torch::tensor({{1.0, 2.0}}), 1e-12);
}

TEST(DisentanglementScores, RowsAreComplete) {
  for (const auto& row : disentanglement_scores().rows()) {
    EXPECT_FALSE(row.summary.empty()) << row.name;
    EXPECT_GE(row.least_factors, 1) << row.name;
    ASSERT_NE(row.compute, nullptr) << row.name;
  }
}

}  // namespace
}  // namespace latent::space
