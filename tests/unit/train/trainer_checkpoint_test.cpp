// Checkpoints that a trainer reads: older ones work, wrong and damaged ones are refused.
#include <nlohmann/json.hpp>

#include "core/system/file.h"
#include "unit/training.h"

namespace latent {
namespace {

// Older checkpoints had one loss for both; patience continues from it.
TEST_F(TrainerTest, OlderCheckpointsHaveOneLossForBestAndPatience) {
  train(kEverything, folder_ / "run", {"train.epochs=1"});
  const fs::path path = folder_ / "run/checkpoints/last.safetensors";
  TensorFile file = read_tensors(path);
  auto state = nlohmann::json::parse(file.metadata["state"]);
  ASSERT_EQ(state.erase("patience_loss"), 1u);
  file.metadata["state"] = state.dump();
  write_tensors(path, file);
  const auto t = prepare(kEverything, folder_ / "run", {}, true);
  EXPECT_EQ(t.trainer->state().patience_loss, state.at("best_loss"));
}

TEST_F(TrainerTest, ACheckpointThatDoesNotFitIsRefused) {
  train(kEverything, folder_ / "run", {"train.epochs=1"});
  const std::string path = (folder_ / "run/checkpoints/last.safetensors").string();
  const auto resume = [&](const std::string& setting) {
    prepare(kEverything, folder_ / "run", {setting}, true);
  };
  expect_error(
      [&] { resume("model.latent_dim=4"); },
      path +
          ": model.bottleneck.mean.weight is 3x64; the model of this config expects 4x64: use the "
          "section model of the config that the checkpoint was trained with");
  expect_error([&] { resume("model.encoder.normalization=none"); },
               path + ": holds 23 weights; the model of this config has 15");
  expect_error([&] { resume("train.optimizer=sgd"); },
               path +
                   ": no fitting optimizer.model.condition.plane.weight.velocity; expected a "
                   "checkpoint that "
                   "latent train wrote with the same optimizer");
}

TEST_F(TrainerTest, AnotherNumberOfImagesIsRefused) {
  train(kEverything, folder_ / "run", {"train.epochs=1"});
  expect_error([&] { prepare(kEverything, folder_ / "run", {"data.count=20"}, true); },
               (folder_ / "run/checkpoints/last.safetensors").string() +
                   ": written while training on 21 examples and validating on 64; the data set "
                   "has 20 and 64 now; expected the same ones: put them back, or train a new run "
                   "that begins with these weights (--init-from)");
  // The same number of other images only warns.
  log::also_to(folder_ / "log.txt");
  prepare(kEverything, folder_ / "run", {}, true, 0);
  log::also_to({});
  const std::string said = read_file(folder_ / "log.txt");
  EXPECT_NE(said.find("the data set has other examples than when it was written;"),
            std::string::npos)
      << said;
}

TEST_F(TrainerTest, ImpossibleCountersAreRefused) {
  train(kEverything, folder_ / "run", {"train.epochs=1"});
  const fs::path path = folder_ / "run/checkpoints/last.safetensors";
  const TensorFile good = read_tensors(path);
  const auto forged = [&](const char* name, nlohmann::json value) {
    TensorFile file = good;
    auto state = nlohmann::json::parse(file.metadata["state"]);
    state[name] = std::move(value);
    const std::string text = file.metadata["state"] = state.dump();
    write_tensors(path, file);
    expect_error([&] { prepare(kEverything, folder_ / "run", {}, true); },
                 path.string() + ": impossible counters in its training state (" + text +
                     "); expected a checkpoint of latent train");
  };
  forged("step", -1);
  forged("rate_factor", 0.0);
  forged("rate_factor", 1.5);
}

TEST_F(TrainerTest, ADamagedTrainingStateIsRefused) {
  train(kEverything, folder_ / "run", {"train.epochs=1"});
  const fs::path path = folder_ / "run/checkpoints/last.safetensors";
  const TensorFile good = read_tensors(path);
  const auto message = [&](const char* name, const nlohmann::json& value) {
    TensorFile file = good;
    auto state = nlohmann::json::parse(file.metadata["state"]);
    state[name] = value;
    file.metadata["state"] = state.dump();
    write_tensors(path, file);
    return error_of([&] { prepare(kEverything, folder_ / "run", {}, true); });
  };
  EXPECT_EQ(message("batch", 3), "") << "saved while validating";
  EXPECT_EQ(message("batch", 4), path.string() +
                                     ": 4 batches of an epoch are done in its training state, but "
                                     "an epoch has 3; expected a checkpoint of this run");
  for (const auto& wrong : {message("step", 1e300), message("best_loss", nullptr)}) {
    EXPECT_EQ(wrong, path.string() +
                         ": no training state in its metadata, or a damaged one; expected a "
                         "checkpoint of latent train");
  }
}

}  // namespace
}  // namespace latent
