// Trainings of models with codes: codebook, counts and revived codes resume bit for bit.
#include "unit/training.h"

namespace latent {
namespace {

const std::string kCoded = R"({
  "data": {"name": "shapes", "count": 21, "size": [8, 8]},
  "model": {"encoder": {"channels": [4, 8]}, "bottleneck": {"name": "vq", "codes": 9, "decay": 0.7, "revive": 0.5},
            "latent_dim": 3},
  "objective": {"likelihood": {"name": "gaussian", "value": 0.1}},
  "train": {"epochs": 4, "batch_size": 8, "optimizer": {"name": "adam", "learning_rate": 0.01}}})";

void expect_resumed(const fs::path& folder, const std::vector<std::string>& settings) {
  const auto with = [&](const std::string& more) {
    auto all = settings;
    all.push_back(more);
    return all;
  };
  train(kCoded, folder / "whole", with("train.epochs=4"));
  train(kCoded, folder / "parts", with("train.epochs=2"));
  train(kCoded, folder / "parts", with("train.epochs=4"), true);
  EXPECT_EQ(first_difference(last(folder / "whole"), last(folder / "parts")), "");
  expect_equal_losses(folder / "whole", folder / "parts");
}

TEST_F(TrainerTest, CodebooksResumeToTheSameBits) { expect_resumed(folder_ / "ema", {}); }

TEST_F(TrainerTest, CodebooksThatAreTrainedResumeToTheSameBits) {
  expect_resumed(folder_ / "gradient",
                 {"model.bottleneck.update=gradient", "model.bottleneck.estimator=rotation"});
}

TEST_F(TrainerTest, FiniteScalarsResumeToTheSameBits) {
  expect_resumed(folder_ / "fsq", {R"(model.bottleneck={"name": "fsq", "levels": [4, 3, 3]})"});
}

TEST_F(TrainerTest, TheUseOfCodesIsLogged) {
  train(kCoded, folder_ / "run", {"train.epochs=1"});
  const MetricsTable metrics = read_metrics(folder_ / "run/metrics.csv");
  const double used = metrics.column("val_codes_used").front();
  const double perplexity = metrics.column("val_perplexity").front();
  EXPECT_GT(used, 0);
  EXPECT_LE(used, 1);
  EXPECT_GE(perplexity, 1);
  EXPECT_LE(perplexity, 9 * used + 1e-9);
  EXPECT_GT(metrics.column("train_commitment").front(), 0);
}

}  // namespace
}  // namespace latent
