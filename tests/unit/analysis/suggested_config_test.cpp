#include "analysis/suggested_config.h"

#include <nlohmann/json.hpp>

#include "core/system/file.h"
#include "session/experiment.h"
#include "unit/experiments.h"
#include "unit/idx_files.h"
#include "unit/image_folder.h"
#include "unit/npy_files.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// Twenty images of 8x8, no two alike.
std::string twenty_images() {
  std::string bytes(20 * 64, '\0');
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(i * 7 + i / 64);
  return bytes;
}

class SuggestedConfig : public ImageFolderTest {
 protected:
  void SetUp() override {}  // most kinds of files need no codecs

  // The suggestion for `path` is `data`, and a config of it loads, opens, and makes a model.
  void expect_suggestion(const fs::path& path, const Json& data) {
    ASSERT_EQ(suggested_data(path).dump(), data.dump());
    const Examples train = opened(data);
    Config config = Config::parse(
        suggested_config({{"data", data}}, train.shape(), train.count()).dump(), "suggested");
    const Experiment experiment = read_experiment(config);
    EXPECT_GT(experiment.data.open()->load(Split::kTrain).count(), 0);
    const auto model = fresh_model(experiment, fit_to_examples(experiment, train), c10::kCPU).first;
    EXPECT_GT(model->latent_dim(), 0);
  }

  Examples opened(const Json& data) {
    Config config = Config::parse(Json{{"data", data}}.dump(), "suggested");
    return read_experiment(config).data.open()->load(Split::kTrain);
  }
};

TEST_F(SuggestedConfig, CsvIsATable) {
  std::string rows = "x,y\n";
  for (int i = 0; i < 20; ++i)
    rows += std::to_string(i) + "," + std::to_string(0.5 * i * i) + "\n";
  add("points.csv", rows);
  expect_suggestion(folder_ / "points.csv", {{"name", "table"}, {"file", path("points.csv")}});
}

TEST_F(SuggestedConfig, NpyNamesItsImages) {
  add("x.npy", testing_files::npy_bytes("|u1", "(20, 8, 8)", twenty_images()));
  expect_suggestion(folder_ / "x.npy", {{"name", "npy"}, {"images", path("x.npy")}});
}

TEST_F(SuggestedConfig, NpzNamesItsFile) {
  testing_files::write_zip(
      folder_ / "x.npz",
      {{"images.npy", testing_files::npy_bytes("|u1", "(20, 8, 8)", twenty_images())}});
  expect_suggestion(folder_ / "x.npz",
                    {{"name", "npz"}, {"file", path("x.npz")}, {"images", "images"}});
}

TEST_F(SuggestedConfig, IdxFilesPlainAndGzipped) {
  add("train-images-idx3-ubyte", testing_files::idx_bytes({20, 8, 8}, twenty_images()));
  expect_suggestion(folder_.path(), {{"name", "idx"}, {"images", path("train-images-idx3-ubyte")}});
  add("train-labels-idx1-ubyte.gz",
      testing_files::gzip(testing_files::idx_bytes({20}, std::string(20, '\1'))));
  add("t10k-images-idx3-ubyte", testing_files::idx_bytes({20, 8, 8}, twenty_images()));
  add("t10k-labels-idx1-ubyte", testing_files::idx_bytes({20}, std::string(20, '\0')));
  expect_suggestion(folder_.path(), {{"name", "idx"},
                                     {"images", path("train-images-idx3-ubyte")},
                                     {"labels", path("train-labels-idx1-ubyte.gz")},
                                     {"test_images", path("t10k-images-idx3-ubyte")},
                                     {"test_labels", path("t10k-labels-idx1-ubyte")}});
}

TEST_F(SuggestedConfig, Cifar10AlsoInItsOwnFolder) {
  const std::string record = std::string(1, '\3') + std::string(3 * 32 * 32, '\x55');
  for (const char* batch : {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4",
                            "data_batch_5", "test_batch"}) {
    add(std::string("cifar-10-batches-bin/") + batch + ".bin", record);
  }
  const Json data{{"name", "cifar10"}, {"dir", path("cifar-10-batches-bin")}};
  expect_suggestion(folder_.path(), data);
  expect_suggestion(folder_ / "cifar-10-batches-bin", data);
}

TEST_F(SuggestedConfig, CelebaByItsFolder) {
  if (!have_codecs()) GTEST_SKIP() << "NOT TESTED: this build has no image codecs";
  std::string partition, attributes = "6\nBald Smiling\n";
  for (int i = 1; i <= 6; ++i) {
    const std::string name = "00000" + std::to_string(i) + ".jpg";
    add_grey("img_align_celeba/" + name, i * 10);
    partition += name + " " + std::to_string(i < 4 ? 0 : i < 6 ? 1 : 2) + "\n";
    attributes += name + " -1 1\n";
  }
  add("list_eval_partition.txt", partition);
  add("list_attr_celeba.txt", attributes);
  expect_suggestion(folder_.path(),
                    {{"name", "celeba"}, {"dir", folder_.path().string()}, {"size", {64, 64}}});
}

TEST_F(SuggestedConfig, AnyOtherFolderIsOneOfImages) {
  if (!have_codecs()) GTEST_SKIP() << "NOT TESTED: this build has no image codecs";
  for (int i = 0; i < 20; ++i)
    add_grey("photos/" + std::to_string(i) + ".png", i * 10, 18);
  expect_suggestion(folder_ / "photos",
                    {{"name", "folder"}, {"dir", path("photos")}, {"size", {16, 16}}});
}

TEST_F(SuggestedConfig, KeepsTheKeysThatAreGiven) {
  const Json given = Json::parse(R"({"data": {"name": "folder", "dir": "x", "labels": "x.csv"},
                                     "objective": {"kl": null}, "train": {"optimizer": "sgd", "epochs": 3}})");
  const Json config = suggested_config(given, {3, 32, 32}, 60'000);
  EXPECT_EQ(config["data"], given["data"]);
  EXPECT_TRUE(config["objective"]["kl"].is_null());
  EXPECT_EQ(config["objective"]["likelihood"]["name"], "gaussian");
  EXPECT_EQ(config["train"]["optimizer"], "sgd");
  EXPECT_EQ(config["train"]["epochs"], 3);
  EXPECT_EQ(config["train"]["batch_size"], 100);
}

TEST_F(SuggestedConfig, FewExamplesGetStepsEnough) {
  const Json given{{"data", {{"name", "folder"}, {"dir", "x"}}}};
  // 239 photos in batches of 32 are 8 steps an epoch: 2,000 steps take 250 epochs.
  const Json few = suggested_config(given, {3, 64, 64}, 239);
  EXPECT_EQ(few["train"]["batch_size"], 32);
  EXPECT_EQ(few["train"]["epochs"], 250);
  EXPECT_EQ(few["train"]["pictures_every"], 12);
  EXPECT_EQ(few["data"]["augment"].dump(), R"({"flip":true,"shift":4})");
  // 10,000 in batches of 100 are 100 steps an epoch: 20 epochs make them.
  const Json many = suggested_config(given, {3, 64, 64}, 10'000);
  EXPECT_EQ(many["train"]["batch_size"], 100);
  EXPECT_EQ(many["train"]["epochs"], 20);
  EXPECT_FALSE(many["data"].contains("augment"));
  EXPECT_EQ(suggested_config(given, {3, 64, 64}, 3)["train"]["epochs"], 1000)
      << "no more than that";
  // Digits are not mirrored, and rows of numbers not moved.
  EXPECT_EQ(suggested_config(given, {1, 32, 32}, 239)["data"]["augment"].dump(), R"({"shift":2})");
  const Json table{{"data", {{"name", "table"}, {"file", "x.csv"}}}};
  EXPECT_FALSE(suggested_config(table, {1, 1, 4}, 239)["data"].contains("augment"));
}

TEST_F(SuggestedConfig, OtherFilesAreErrors) {
  add("x.txt", "hello");
  expect_error([&] { suggested_data(folder_ / "x.txt"); },
               path("x.txt") +
                   ": expected a config (.json), a folder, or a .csv, .tsv, .npy, .npz "
                   "or IDX file of data");
  expect_error([&] { suggested_data(folder_ / "y.csv"); },
               path("y.csv") + ": no such file or folder");
}

}  // namespace
}  // namespace latent
