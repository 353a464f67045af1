// Arrays found by their names, in one file and beside it.
#include "sets/array_names.h"

#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "analysis/suggested_config.h"
#include "core/system/file.h"
#include "unit/datasets.h"
#include "unit/expect.h"
#include "unit/npy_files.h"

namespace latent {
namespace {

using testing_files::npy_bytes;
using testing_files::write_zip;
using Json = nlohmann::ordered_json;

std::string bytes_of(size_t count) { return std::string(count, '\1'); }

// Images of 1x2, filled with one number; labels 1.
std::string images(int count, char fill = '\1') {
  return npy_bytes("|u1", fmt::format("({}, 1, 2)", count),
                   std::string(static_cast<size_t>(2 * count), fill));
}
std::string labels(int count) {
  return npy_bytes("|u1", fmt::format("({},)", count), bytes_of(static_cast<size_t>(count)));
}

TEST(ArrayNames, SayWhatAnArrayIs) {
  const auto is = [](const std::string& name, ArrayPartName part, ArrayContent content) {
    const ArrayRole role = role_of(name);
    EXPECT_EQ(static_cast<int>(role.part), static_cast<int>(part)) << name;
    EXPECT_EQ(static_cast<int>(role.content), static_cast<int>(content)) << name;
  };
  for (const char* name : {"x_train", "X_train", "train_images", "trainX", "images-train", "train"})
    is(name, ArrayPartName::kTrain, ArrayContent::kImages);
  for (const char* name : {"y_test", "test_labels", "t10k-labels", "TestY"})
    is(name, ArrayPartName::kTest, ArrayContent::kLabels);
  for (const char* name : {"x_val", "valid_images", "dev_x"})
    is(name, ArrayPartName::kValidation, ArrayContent::kImages);
  for (const char* name : {"X", "images", "data", "arr_0"})
    is(name, ArrayPartName::kAny, ArrayContent::kImages);
  for (const char* name : {"latents_values", "masks", "metadata", "imgs_val_old"})
    EXPECT_EQ(static_cast<int>(role_of(name).content), static_cast<int>(ArrayContent::kOther));
}

class ArchiveNames : public testing::Test {
 protected:
  std::filesystem::path put(const std::vector<std::pair<std::string, std::string>>& entries,
                            const std::string& name = "a.npz") {
    auto files = entries;
    for (auto& [array, bytes] : files)
      array += ".npy";
    write_zip(folder_ / name, files);
    return folder_ / name;
  }
  std::unique_ptr<Dataset> open(const std::filesystem::path& file, const std::string& keys = "") {
    return open_dataset("\"name\": \"npz\"" + key("file", file) + keys);
  }
  std::string file() { return (folder_ / "a.npz").string(); }

  TemporaryFolder folder_;
};

// The order of Keras's own archive.
TEST_F(ArchiveNames, KerasTrainsOnItsTrainingImages) {
  const auto keras = put({{"x_test", images(2, '\7')},
                          {"x_train", images(3)},
                          {"y_train", labels(3)},
                          {"y_test", labels(2)}});
  const auto set = open(keras);
  EXPECT_EQ(set->load(Split::kTrain).count(), 3);
  EXPECT_EQ(set->load(Split::kTest).count(), 2);
  EXPECT_NE(set->load(Split::kTest).find("label"), nullptr);
  EXPECT_TRUE(set->notice().starts_with(
      file() +
      ": images x_train, labels y_train, test_images x_test, test_labels y_test; the keys "
      "of these names choose others"))
      << set->notice();
  EXPECT_EQ(suggested_data(keras), (Json{{"name", "npz"},
                                         {"file", file()},
                                         {"images", "x_train"},
                                         {"labels", "y_train"},
                                         {"test_images", "x_test"},
                                         {"test_labels", "y_test"}}));
  // Runs made before arrays were found by their names say "" for each.
  const auto old = open(keras,
                        ", \"images\": \"\", \"labels\": \"\", \"test_images\": \"\", "
                        "\"test_labels\": \"\", \"validation\": 0.5");
  EXPECT_EQ(old->load(Split::kTrain).count() + old->load(Split::kValidation).count(), 2);
  EXPECT_TRUE(old->load(Split::kTrain).attributes.empty());
  // Images that are named bring no other arrays.
  EXPECT_EQ(
      open(keras, ", \"images\": \"x_train\", \"validation\": 0.4")->load(Split::kTest).count(), 1);
}

TEST_F(ArchiveNames, ValidationImagesAreTheValidationSplit) {
  const auto medical = put({{"train_images", images(4)},
                            {"val_images", images(3)},
                            {"test_images", images(2)},
                            {"train_labels", labels(4)},
                            {"val_labels", labels(3)},
                            {"test_labels", labels(2)}});
  const auto set = open(medical);
  EXPECT_EQ(set->load(Split::kTrain).count(), 4);
  EXPECT_EQ(set->load(Split::kValidation).count(), 3);
  EXPECT_EQ(set->load(Split::kTest).count(), 2);
  // A share wins, also over names that `latent data check` wrote.
  for (const char* keys :
       {"", ", \"images\": \"train_images\", \"validation_images\": \"val_images\""}) {
    const auto drawn = open(medical, ", \"validation\": 0.25" + std::string(keys));
    EXPECT_EQ(drawn->load(Split::kTrain).count(), 3);
    EXPECT_EQ(drawn->load(Split::kValidation).count(), 1);
    EXPECT_NE(drawn->notice().find("the validation arrays are not used: data.validation holds out "
                                   "0.25 of the training images instead"),
              std::string::npos)
        << drawn->notice();
  }
}

TEST_F(ArchiveNames, LabelsThatCannotBeUsedAreNamed) {
  const std::string shorter = file() +
                              ": labels (2) is not read as labels: expected 3 labels, one "
                              "for each image, or 3xK (data.labels)";
  const auto set = put({{"images", images(3)}, {"labels", labels(2)}});
  // As `latent data check` writes the config, and without names.
  EXPECT_TRUE(open(set, ", \"images\": \"images\"")->notice().starts_with(shorter));
  EXPECT_NE(open(set)->notice().find("; labels (2) is not read as labels: "), std::string::npos);
  EXPECT_EQ(open(set, ", \"images\": \"images\", \"labels\": \"\"")->notice().find("labels (2)"),
            std::string::npos)
      << "whoever wants none is not told";
  const auto objects = put({{"images", images(3)}, {"y", npy_bytes("|O", "(3,)", "pickled")}});
  EXPECT_NE(open(objects)->notice().find("y is not read as labels: " + file() +
                                         ": y: holds Python objects"),
            std::string::npos)
      << open(objects)->notice();
  const auto own = put({{"foo", images(3)}, {"bar", labels(3)}, {"other", labels(4)}});
  EXPECT_NE(open(own)->notice().find("; bar (3) has a row for each image: data.labels reads it as "
                                     "labels"),
            std::string::npos)
      << open(own)->notice();
  const auto test = put({{"x_train", images(3)},
                         {"y_train", labels(3)},
                         {"x_test", images(2)},
                         {"y_test", labels(3)}});
  EXPECT_NE(open(test)->notice().find("; y_test (3) is not read as labels: expected 2 labels, one "
                                      "for each image, or 2xK (data.test_labels)"),
            std::string::npos)
      << open(test)->notice();
}

TEST_F(ArchiveNames, ARiddleIsAsked) {
  const auto numbered = put({{"arr_0", images(3)}, {"arr_1", images(2)}});
  expect_error([&] { open(numbered); },
               file() +
                   ": more than one array could be the training images: arr_0 (3x1x2), arr_1 "
                   "(2x1x2); data.images names the array of images, data.labels, data.test_images "
                   "and data.test_labels the others");
  EXPECT_EQ(suggested_data(numbered), (Json{{"name", "npz"}, {"file", file()}}));
  EXPECT_EQ(open(put({{"arr_0", images(3)}, {"arr_1", labels(3)}}))
                ->load(Split::kTrain)
                .attributes.size(),
            1U);
}

TEST_F(ArchiveNames, TwoArchivesBelongTogether) {
  const auto pictures = put({{"arr_0", images(4)}}, "kmnist-train-imgs.npz");
  const auto classes = put({{"arr_0", labels(4)}}, "kmnist-train-labels.npz");
  put({{"arr_0", images(2)}}, "kmnist-test-imgs.npz");
  put({{"arr_0", labels(2)}}, "kmnist-test-labels.npz");
  const Json data = suggested_data(pictures);
  EXPECT_EQ(data.at("labels"), classes.string());
  EXPECT_EQ(data.at("test_labels"), (folder_ / "kmnist-test-labels.npz").string());
  const std::string text = data.dump();
  const auto set = open_dataset(text.substr(1, text.size() - 2));
  EXPECT_EQ(set->load(Split::kTrain).count(), 4);
  EXPECT_EQ(set->load(Split::kTest).find("label")->values.numel(), 2);
  const std::string other = (folder_ / "b.npz").string();
  put({{"u", labels(4)}, {"v", labels(4)}}, "b.npz");
  EXPECT_NE(open(pictures, ", \"images\": \"arr_0\"" + key("labels", other + ":u"))
                ->load(Split::kTrain)
                .find("label"),
            nullptr);
  expect_error([&] { open(pictures, ", \"images\": \"arr_0\"" + key("labels", other)); },
               other + ": holds u, v; expected one array, or " + other + ":u with the name of one");
}

TEST_F(ArchiveNames, FilesBesideBelongTogether) {
  write_file(folder_ / "x_train.npy", images(4));
  write_file(folder_ / "y_train.npy", labels(4));
  write_file(folder_ / "x_test.npy", images(2));
  write_file(folder_ / "y_test.npy", labels(3));  // of other images
  const Json want{{"name", "npy"},
                  {"images", (folder_ / "x_train.npy").string()},
                  {"labels", (folder_ / "y_train.npy").string()},
                  {"test_images", (folder_ / "x_test.npy").string()}};
  EXPECT_EQ(suggested_data(folder_ / "x_train.npy"), want);
  EXPECT_EQ(suggested_data(folder_.path()), want);
}

}  // namespace
}  // namespace latent
