// The measures of the table: their figures against the whole split at once, and their intervals.
#include <cmath>
#include <numbers>
#include <set>
#include <utility>

#include "measure/image_quality.h"
#include "measure/latents.h"
#include "measure/sparsity.h"
#include "unit/expect.h"
#include "unit/measure/fixture.h"

namespace latent {
namespace {

// The mean of numbers [N] and 1.96 standard errors, in the plain way.
void expect_mean(const Figure& got, const Tensor& each, double tolerance) {
  const double mean = each.mean().item<double>();
  const double half =
      1.959964 * each.std().item<double>() / std::sqrt(static_cast<double>(each.numel()));
  EXPECT_NEAR(got.value, mean, tolerance) << got.name;
  EXPECT_EQ(got.count, each.numel()) << got.name;
  ASSERT_TRUE(got.interval) << got.name;
  EXPECT_NEAR(got.interval->low, mean - half, tolerance) << got.name;
  EXPECT_NEAR(got.interval->high, mean + half, tolerance) << got.name;
}

// Returns all images at once and what the model makes of them, float64.
std::pair<Tensor, Tensor> reconstructed(const MeasureFixture& t) {
  t.model->eval();
  const Tensor images = t.examples.images(0, t.examples.count()).to(at::kDouble);
  return {images, torch::sigmoid(t.model->forward(images.to(at::kFloat)).decoded.to(at::kDouble))};
}

TEST(Measures, HaveNamesSummariesAndOptionsOfTheirOwn) {
  std::set<std::string> seen;
  for (const auto& row : measures().rows()) {
    EXPECT_TRUE(seen.insert(row.name).second) << row.name;
    EXPECT_NE(row.summary, "") << row.name;
  }
}

TEST(Measures, OfReconstructionsAreMeansOverTheImages) {
  const MeasureFixture t;
  const torch::NoGradGuard no_grad;
  const auto [images, pictures] = reconstructed(t);
  expect_mean(t.figure("mse"), mean_squared_error(images, pictures), 1e-6);
  expect_mean(t.figure("psnr"), psnr(images, pictures), 1e-4);
  expect_mean(t.figure("ssim"), ssim(images, pictures), 1e-5);
  expect_mean(t.figure("bce"), cross_entropy(images, pictures).flatten(1).mean(1), 1e-5);
  const Figure mse = t.figure("mse"), rmse = t.figure("rmse");
  EXPECT_NEAR(rmse.value, std::sqrt(mse.value), 1e-12);
  EXPECT_NEAR(rmse.interval->low, std::sqrt(mse.interval->low), 1e-12);
  EXPECT_NEAR(rmse.interval->high, std::sqrt(mse.interval->high), 1e-12);
  EXPECT_EQ(t.figure("psnr").unit, "dB");
}

// The number of each image, in the split's order: `latent compare` pairs two models by them.
TEST(Measures, GiveTheNumberOfEachImage) {
  const MeasureFixture t;
  const torch::NoGradGuard no_grad;
  const auto [images, pictures] = reconstructed(t);
  const auto expect_each = [&](const char* name, const Tensor& wanted, double tolerance) {
    const Figure figure = t.figure(name);
    ASSERT_EQ(figure.each.sizes(), (std::vector<int64_t>{t.examples.count()})) << name;
    EXPECT_EQ(figure.each.scalar_type(), at::kDouble) << name;
    expect_tensor_near(figure.each, wanted.to(at::kDouble), tolerance);
    EXPECT_NEAR(figure.value, figure.each.mean().item<double>(), tolerance) << name;
  };
  expect_each("mse", mean_squared_error(images, pictures), 1e-6);
  expect_each("psnr", psnr(images, pictures), 1e-4);
  expect_each("ssim", ssim(images, pictures), 1e-5);
  expect_each("bce", cross_entropy(images, pictures).flatten(1).mean(1), 1e-5);
  EXPECT_FALSE(t.figure("rmse").each.defined()) << "a root of a mean is not a mean";
  const Figure elbo = t.figure("elbo"), bits = t.figure("bits_per_dim");
  EXPECT_NEAR(elbo.each.mean().item<double>(), elbo.value, 1e-4);
  expect_tensor_near(bits.each, -elbo.each / (64 * std::numbers::ln2), 1e-9);
  const MeasureFixture tied("gaussian", R"({"name": "gaussian", "sigma": "optimal"})");
  EXPECT_FALSE(tied.figure("elbo").each.defined()) << "its images are tied together";
}

TEST(Measures, TheElboIsTheLossesWithTheirConstants) {
  const MeasureFixture t("gaussian", R"({"name": "gaussian", "sigma": "fixed", "value": 1})");
  const Evaluation result = evaluate(*t.model, *t.objective, t.examples, {.seed = 4});
  const double constant = 64 * 0.5 * std::log(2 * std::numbers::pi);
  const Figure elbo = t.figure("elbo"), bits = t.figure("bits_per_dim");
  EXPECT_NEAR(elbo.value, -(result.term("nll") + result.term("kl") + constant), 1e-4);
  ASSERT_TRUE(elbo.interval);
  EXPECT_NEAR(elbo.interval->high - elbo.value, elbo.value - elbo.interval->low, 1e-9);
  EXPECT_LT(elbo.interval->low, elbo.value);
  EXPECT_NEAR(bits.value, -elbo.value / (64 * std::numbers::ln2), 1e-9);
  EXPECT_NEAR(bits.interval->low, -elbo.interval->high / (64 * std::numbers::ln2), 1e-9);
  // One optimal sigma for the batch ties its images together.
  const MeasureFixture tied("gaussian", R"({"name": "gaussian", "sigma": "optimal"})");
  EXPECT_FALSE(tied.figure("elbo").interval);
}

TEST(Measures, OfCodesCountUnits) {
  const MeasureFixture t("point");
  const torch::NoGradGuard no_grad;
  t.model->eval();
  const Tensor codes = t.model->encode(t.examples.images(0, t.examples.count())).code;
  const Sparsity expected = sparsity(codes, false);
  const auto figures = t.measured("sparsity").front().figures;
  ASSERT_EQ(figures.size(), 4u);
  EXPECT_EQ(figures[1].name, "active_per_image");
  expect_mean(figures[0], codes.abs().to(at::kDouble).mean(1), 1e-5);
  expect_mean(figures[1], active_units_of_each(codes).to(at::kDouble), 1e-9);
  expect_mean(figures[2], active_units_of_each(codes).to(at::kDouble) / 3, 1e-9);
  EXPECT_EQ(figures[3].value, static_cast<double>(expected.dead_units));
  const Figure active = t.figure("active_units");
  EXPECT_EQ(active.value, (codes.var(0, false) > kActiveVariance).sum().item<double>());
  EXPECT_EQ(active.decimals, 0);
}

}  // namespace
}  // namespace latent
