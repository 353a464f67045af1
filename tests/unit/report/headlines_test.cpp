#include "report/headlines.h"

#include <gmock/gmock.h>

namespace latent {
namespace {

using testing::HasSubstr;
using Row = std::vector<std::string>;

HeadlineFacts facts_of_a_vae() {
  return {
      .noun = "image",
      .mse = 0.02,
      .psnr = 17,
      .ssim = 0.6,
      .cross_entropy = 230,
      .kl = 6.931471805599453,
      .active = 3,
      .latents = 4,
      .values = 784,
      .losses = std::pair(240.0, 242.5),
      .yardsticks = {.mean = {.mse = 0.1, .psnr = 10, .ssim = 0.1, .cross_entropy = 300},
                     .pca = Likeness{.mse = 0.04, .psnr = 14, .ssim = 0.4, .cross_entropy = 250},
                     .components = 4,
                     .entropy = 200}};
}

std::string reading_of(const HeadlineFacts& facts, const std::string& figure) {
  for (const auto& row : headlines(facts)) {
    if (row.front() == figure) return row.back();
  }
  return "";
}

TEST(Headlines, StandBesideTheirYardsticks) {
  const auto facts = facts_of_a_vae();
  EXPECT_EQ(headline_columns(facts), (Row{"figure", "this run", "PCA, 4 components", "mean image",
                                          "best possible", "in words"}));
  const auto rows = headlines(facts);
  ASSERT_EQ(rows.size(), 7U);
  EXPECT_EQ(rows[0], (Row{"squared error per value", "0.02000", "0.04000", "0.10000", "0.00000",
                          "Less is better. 20% of the error of the mean image is left, and 50% of "
                          "that of PCA."}));
  EXPECT_EQ(rows[3], (Row{"cross-entropy, nats", "230.0", "250.0", "300.0", "200.0",
                          "Even a perfect copy costs 200.0 nats, because its values are grey; the "
                          "model costs 30.0 more, the mean image 100.0."}));
  EXPECT_EQ(reading_of(facts, "PSNR, dB"),
            "More is better; 3 dB halve the squared error. 3.0 dB more than PCA.");
  EXPECT_EQ(reading_of(facts, "KL divergence, nats"),
            "The latents of one image carry 10.0 bits. Its pixels are stored in 6272 bits.");
  EXPECT_EQ(reading_of(facts, "active latents"),
            "1 latent is nearly the same for every image and could be left out.");
  EXPECT_EQ(reading_of(facts, "validation loss, nats"),
            "2.50 more than the training loss, which is measured while the model learns; far above "
            "it would be overfitting.");
  EXPECT_EQ(explained_text(facts),
            "reconstructions explain 80.0% of the variance; PCA with 4 components explains 60.0%");
}

TEST(Headlines, SayWhatIsWorseThanALinearModel) {
  auto facts = facts_of_a_vae();
  facts.mse = 0.08;
  EXPECT_THAT(reading_of(facts, "squared error per value"),
              HasSubstr("200% of that of PCA: a linear model with as many numbers does better."));
  facts.mse = 0.11;
  EXPECT_THAT(explained_text(facts),
              HasSubstr("reconstructions are no better than the mean image"));
}

TEST(Headlines, GiveAVerdict) {
  auto facts = facts_of_a_vae();
  EXPECT_EQ(verdict(facts),
            "In short: reconstructions explain 80.0% of the variance; PCA with 4 components "
            "explains 60.0%. It keeps more than a linear model with as many numbers. It does not "
            "overfit.");
  facts.losses = std::pair(200.0, 211.0);
  facts.mse = 0.05;
  EXPECT_THAT(verdict(facts), HasSubstr("A linear model with as many numbers keeps as much"));
  EXPECT_THAT(verdict(facts), HasSubstr("it overfits."));
  facts.validated_on_test = true;
  EXPECT_THAT(reading_of(facts, "validation loss, nats"),
              HasSubstr("The validation images are the test images"));
  facts.mse = {};
  EXPECT_EQ(verdict(facts), "");
}

TEST(Headlines, LeaveOutWhatARunDoesNotHave) {
  const HeadlineFacts facts{.noun = "row", .mse = 0.5, .yardsticks = {.mean = {.mse = 1}}};
  const auto rows = headlines(facts);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0][2], "-") << "no principal components";
  EXPECT_EQ(headline_columns(facts)[2], "PCA");
  EXPECT_EQ(explained_text(facts), "reconstructions explain 50.0% of the variance");
}

}  // namespace
}  // namespace latent
