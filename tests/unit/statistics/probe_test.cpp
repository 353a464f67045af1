// What `latent probe` learns with: linear models, nearest neighbours, and intervals of confidence.
#include <cmath>

#include "core/random.h"
#include "statistics/confidence.h"
#include "statistics/linear_models.h"
#include "statistics/logistic.h"
#include "statistics/neighbours.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::statistics {
namespace {

TEST(Standardizer, HardlyVaryingFeaturesAreNotBlownUp) {
  Tensor x = normal({1000, 3}) * at::tensor({2.0F, 1e-6F, 0.0F}) + 7;
  const Tensor standard = Standardizer(x).apply(x);
  expect_tensor_near(standard.mean(0), at::zeros({3}), 1e-4);
  expect_tensor_near(standard.std(0), at::tensor({1.0, 0.0, 0.0}), 1e-2);
}

TEST(Softmax, SeparatesThreeClasses) {
  const Tensor classes = at::arange(300, at::kLong) % 3;
  const Tensor middles = at::tensor({0.0F, 4.0F, 4.0F, -4.0F, -4.0F, -4.0F}).view({3, 2});
  const Tensor x = middles.index_select(0, classes) + 0.5 * normal({300, 2});
  const auto model = fit_softmax(x, classes, 3);
  expect_tensor_near(model.predict(x), classes, 0);
  EXPECT_TRUE(fit_softmax(x, classes, 3).weights.equal(model.weights));
}

TEST(Softmax, OfTwoClassesIsLogisticRegression) {
  const Tensor x = normal({400, 3});
  const Tensor positive = (x.select(1, 0) + normal({400}, 5)).gt(0.3);
  const auto model = fit_softmax(x, positive.to(at::kLong), 2);
  // Both classes have weights here, equal and opposite: their penalty is twice half of the square.
  const auto wanted = fit_logistic(x.to(at::kDouble), positive, at::ones({400}, at::kDouble), 0.5);
  const Tensor found = model.weights.select(1, 1) - model.weights.select(1, 0);
  // The search knows its loss, about log 2 at most, to a float's precision. Around the least loss
  // it grows by half the curvature times the square of the distance.
  const Tensor rows = at::cat({x, at::ones({400, 1})}, 1).to(at::kDouble);
  const Tensor p = at::sigmoid(rows.mv(at::cat({wanted.weights, at::full({1}, wanted.offset)})));
  const Tensor curvature = rows.t().mm(rows * (p * (1 - p)).unsqueeze(1)) / 400;
  const double least = at::linalg_eigvalsh(curvature).min().item<double>();
  const double tolerance = std::sqrt(2 * rounding(std::log(2.0), 1) / least);
  expect_tensor_near(found.narrow(0, 0, 3), wanted.weights, tolerance);
  EXPECT_NEAR(found[3].item<double>(), wanted.offset, tolerance);
}

TEST(Ridge, FindsALineAndShrinksIt) {
  const Tensor x = at::tensor({-1.0, 0.0, 1.0}, at::kDouble).view({3, 1});
  const Tensor y = at::tensor({1.0, 4.0, 7.0}, at::kDouble);
  expect_tensor_near(fit_ridge(x, y, 1e-9).predict(x), y, 1e-6);
  // Sum of squares 2, sum of products 6: the weight is 6 / (2 + penalty).
  expect_tensor_near(fit_ridge(x, y, 1.0).weights, at::tensor({2.0, 4.0}, at::kDouble), 1e-12);
}

// Which of two is the nearer may be a matter of rounding; how near they are is not.
void expect_nearest(const Tensor& known, const Tensor& asked, int64_t k) {
  const Tensor centre = known.to(at::kDouble).mean(0), a = asked.to(at::kDouble) - centre,
               b = known.to(at::kDouble) - centre;
  const Tensor squares = at::cdist(a, b).square();
  const auto largest = [](const Tensor& x) { return x.square().sum(1).max().item<double>(); };
  const double terms = 2 * (largest(a) + largest(b));  // of |a|^2 + |b|^2 - 2 a b
  expect_tensor_near(squares.gather(1, nearest_neighbours(known, asked, k)),
                     std::get<0>(squares.topk(k, 1, false)),
                     rounding(terms, static_cast<double>(known.size(1) + 2)));
}

TEST(Neighbours, AreTheNearestFirst) {
  const Tensor known = at::tensor({0.0F, 10.0F, 3.0F, 4.0F}).view({4, 1});
  const Tensor asked = at::tensor({3.4F, 100.0F, -1.0F}).view({3, 1});
  expect_tensor_near(nearest_neighbours(known, asked, 2),
                     at::tensor({2, 3, 1, 3, 0, 2}).view({3, 2}), 0);
  const Tensor many = normal({3000, 8}), some = normal({2000, 8}, 3);  // in several batches
  expect_nearest(many, some, 4);
}

TEST(Neighbours, FarFromTheOrigin) {
  expect_nearest(normal({500, 3}) * 0.1 + 5000, normal({300, 3}, 3) * 0.1 + 5000, 1);
}

TEST(Neighbours, VoteAndTheNearerWinTies) {
  const Tensor classes = at::tensor({2, 1, 1, 0, 0, 2, 1, 2, 0, 0}).view({2, 5});
  expect_tensor_near(majority(classes, 3), at::tensor({1, 2}), 0);
  const Tensor one = at::tensor({0, 1, 2, 2, 1}).view({1, 5});
  EXPECT_EQ(majority(one, 3).item<int64_t>(), 1);
}

TEST(Confidence, WilsonsInterval) {
  const Measured nine = share(9, 10);  // Wilson 1927 by hand: 0.5958 to 0.9821
  EXPECT_DOUBLE_EQ(nine.value, 0.9);
  EXPECT_NEAR(nine.low, 0.59585, 1e-5);
  EXPECT_NEAR(nine.high, 0.98213, 1e-5);
  const Measured all = share(50, 50);
  EXPECT_NEAR(all.low, 0.92866, 1e-4);
  EXPECT_EQ(all.high, 1);
  EXPECT_EQ(share(0, 50).low, 0);
}

TEST(Confidence, ShareOfTheVariance) {
  const Tensor truth = at::tensor({1.0, 2.0, 3.0, 4.0}, at::kDouble);
  const auto of = [&](const Tensor& predicted) {
    return r_squared(truth, predicted, generator(1, Stream::kSample));
  };
  EXPECT_DOUBLE_EQ(of(truth).value, 1);
  EXPECT_DOUBLE_EQ(of(truth.mean().expand({4})).value, 0);
  EXPECT_DOUBLE_EQ(of(truth + 1).value, 1 - 4. / 5);
  EXPECT_TRUE(std::isnan(r_squared(at::ones({4}), truth, generator(1, Stream::kSample)).value));
  const Tensor many = normal({2000}).to(at::kDouble), noisy = many + normal({2000}, 2);
  const Measured found = r_squared(noisy, many, generator(1, Stream::kSample));
  EXPECT_NEAR(found.value, 0.5, 0.05);
  EXPECT_LT(found.low, found.value);
  EXPECT_GT(found.high, found.value);
  EXPECT_NEAR(found.high - found.low, 0.062, 0.02);  // about 4 sqrt(R^2) (1 - R^2) / sqrt(N)
  // Some resamples of three hold one value only.
  const auto few =
      r_squared(at::tensor({1.0, 2.0, 4.0}, at::kDouble), at::tensor({1.5, 2.5, 3.0}, at::kDouble),
                generator(0, Stream::kSample));
  EXPECT_TRUE(std::isfinite(few.low) && std::isfinite(few.high));
  EXPECT_LE(few.low, few.value);
  EXPECT_GE(few.high, few.value);
}

}  // namespace
}  // namespace latent::statistics
