// The data sets mnist, fashion_mnist and idx, on files made by hand and on the real ones.
#include <algorithm>

#include "core/system/file.h"
#include "sets/idx_files.h"
#include "unit/datasets.h"
#include "unit/expect.h"
#include "unit/idx_files.h"

namespace latent {
namespace {

using testing_files::gzip;
using testing_files::idx_bytes;

/// Twelve training images of 2x3 pixels, the k-th filled with k, and three test images, filled with
/// 100 + k.
class IdxDataset : public testing::Test {
 protected:
  IdxDataset() {
    write_pair("train", 12, 0);
    write_pair("t10k", 3, 100);
  }

  void write_pair(const std::string& part, uint32_t count, int first) {
    std::string pixels, labels;
    for (uint32_t i = 0; i < count; ++i) {
      pixels += std::string(6, static_cast<char>(first + static_cast<int>(i)));
      labels += static_cast<char>(i % 10);
    }
    write_file(images(part), gzip(idx_bytes({count, 2, 3}, pixels)));
    write_file(labels_of(part), idx_bytes({count}, labels));
  }
  std::filesystem::path images(const std::string& part) {
    return folder_ / (part + "-images-idx3-ubyte.gz");
  }
  std::filesystem::path labels_of(const std::string& part) {
    return folder_ / (part + "-labels-idx1-ubyte");
  }

  TemporaryFolder folder_;
};

// The number each image is filled with.
Tensor fills(const Examples& examples) {
  return examples.pixels.select(3, 0).select(2, 0).select(1, 0);
}

TEST_F(IdxDataset, TheTestSetServesForValidationWithANotice) {
  const auto set = open_dataset("\"name\": \"fashion_mnist\"" + key("dir", folder_.path()));
  const Examples train = set->load(Split::kTrain);
  EXPECT_EQ(train.shape(), (ImageShape{1, 2, 3}));
  expect_tensor_near(fills(train), torch::arange(12), 0);
  expect_tensor_near(train.find("label")->values, torch::arange(12) % 10, 0);
  EXPECT_EQ(train.find("label")->classes.at(9), "Ankle boot");
  expect_tensor_near(fills(set->load(Split::kTest)), torch::tensor({100, 101, 102}), 0);
  expect_tensor_near(fills(set->load(Split::kValidation)), torch::tensor({100, 101, 102}), 0);
  EXPECT_EQ(set->notice(),
            "the data set has no validation images: its test set serves as the validation set "
            "(data.validation: 0.1 holds out a tenth of the training images instead)");
}

TEST_F(IdxDataset, HoldsOutAValidationSetOfTheFirstImages) {
  const auto set = open_dataset("\"name\": \"mnist\", \"count\": 8, \"validation\": 0.25" +
                                key("dir", folder_.path()));
  const Examples train = set->load(Split::kTrain), validation = set->load(Split::kValidation);
  EXPECT_EQ(validation.count(), 2);
  expect_tensor_near(std::get<0>(torch::cat({fills(train), fills(validation)}).sort()),
                     torch::arange(8), 0);
  expect_tensor_near(train.find("label")->values, fills(train),
                     0);  // labels moved with their images
  EXPECT_EQ(set->load(Split::kTest).count(), 3);
  EXPECT_EQ(set->notice(), "");
}

TEST_F(IdxDataset, OwnFilesNeedNoLabelsAndNoTestSet) {
  const auto set = open_dataset("\"name\": \"idx\"" + key("images", images("train")));
  const Examples train = set->load(Split::kTrain);
  EXPECT_EQ(train.count(), 11);
  EXPECT_TRUE(train.attributes.empty());
  expect_tensor_near(fills(set->load(Split::kTest)), fills(set->load(Split::kValidation)), 0);
  EXPECT_EQ(set->notice(),
            "the data set has no test images: 10% of the training images, drawn by "
            "data.split_seed, serve as "
            "validation and test set (data.test_images names a test set)");
  const auto labelled = open_dataset("\"name\": \"idx\"" + key("images", images("train")) +
                                     key("labels", labels_of("train")));
  EXPECT_EQ(labelled->load(Split::kTrain).find("label")->classes.size(), 10U);
}

TEST_F(IdxDataset, CountsLabels) {
  write_file(labels_of("train"), idx_bytes({2}, "ab"));
  const auto set = open_dataset("\"name\": \"mnist\"" + key("dir", folder_.path()));
  expect_error([&] { set->load(Split::kTrain); },
               labels_of("train").string() + ": 2 labels; expected 12, one for each image of " +
                   images("train").string());
  write_file(labels_of("t10k"), idx_bytes({3}, std::string("\0\x0b\1", 3)));
  expect_error([&] { set->load(Split::kTest); },
               labels_of("t10k").string() + ": label 11 at index 1; expected 0 to 9");
}

TEST_F(IdxDataset, TrainingAndTestImagesAreOfOneSize) {
  write_file(images("t10k"), idx_bytes({3, 4, 6}, std::string(72, '\7')));
  const std::string dir = key("dir", folder_.path());
  expect_error([&] { open_dataset("\"name\": \"mnist\"" + dir); },
               images("t10k").string() + ": images of 1x4x6; expected 1x2x3 as in " +
                   images("train").string() + ", or data.size, to which all are brought");
  const auto set = open_dataset("\"name\": \"mnist\", \"size\": [2, 3]" + dir);
  expect_tensor_near(fills(set->load(Split::kTest)), torch::tensor({7, 7, 7}), 0);
}

TEST_F(IdxDataset, NamesMissingFilesWithTheRemedy) {
  std::filesystem::remove(labels_of("t10k"));
  expect_error([&] { open_dataset("\"name\": \"fashion_mnist\"" + key("dir", folder_.path())); },
               labels_of("t10k").string() +
                   ": no such file, nor with .gz; run scripts/fetch_data.sh fashion_mnist, or set "
                   "data.dir or LATENT_DATA");
  expect_error([&] { open_dataset("\"name\": \"idx\"" + key("images", folder_ / "none")); },
               (folder_ / "none").string() + ": no such file");
  const std::string endless(300, 'x');
  expect_error([&] { open_dataset("\"name\": \"idx\"" + key("images", endless)); },
               endless + ": cannot be read: File name too long");
}

// As unpacked by many programs, by torchvision, and as Kaggle nests files in folders of their
// names.
TEST_F(IdxDataset, FindsMnistUnderOtherNamesAndInOtherPlaces) {
  namespace fs = std::filesystem;
  const auto expect_whole = [&](const fs::path& folder) {
    const auto set = open_dataset("\"name\": \"mnist\"" + key("dir", folder));
    EXPECT_EQ(set->load(Split::kTrain).count(), 12);
    EXPECT_EQ(set->load(Split::kTest).find("label")->values.numel(), 3);
    EXPECT_EQ(find_idx_set(folder)->test_labels.empty(), false);
  };
  const auto rename_all = [&](const auto& renamed) {
    for (const char* part : {"train", "t10k"}) {
      for (const auto& file : {images(part), labels_of(part)}) {
        const fs::path to = folder_ / renamed(file.filename().string());
        make_directories(to.parent_path());
        fs::copy_file(file, to);
      }
    }
  };
  rename_all([](std::string name) {
    name[name.rfind("-idx")] = '.';
    return "dotted/" + name;
  });
  expect_whole(folder_ / "dotted");
  rename_all([](const std::string& name) { return "torch/MNIST/raw/" + name; });
  expect_whole(folder_ / "torch");
  rename_all([](const std::string& name) {
    const std::string bare = name.substr(0, name.rfind("ubyte") + 5);
    return "kaggle/" + bare + "/" + bare;
  });
  expect_whole(folder_ / "kaggle");
}

TEST_F(IdxDataset, EmnistIsTurnedUprightAndItsLettersAreNamed) {
  const auto folder = folder_ / "gzip";
  make_directories(folder);
  const std::string train = "emnist-letters-train-", test = "emnist-letters-test-";
  const std::string pixels("\1\2\3\4\5\6", 6);
  write_file(folder / (train + "images-idx3-ubyte"), idx_bytes({2, 2, 3}, pixels + pixels));
  write_file(folder / (train + "labels-idx1-ubyte"), idx_bytes({2}, "\1\x1a"));
  write_file(folder / (test + "images-idx3-ubyte"), idx_bytes({1, 2, 3}, pixels));
  write_file(folder / (test + "labels-idx1-ubyte"), idx_bytes({1}, "\3"));
  const auto files = find_idx_set(folder_ / "gzip");
  ASSERT_TRUE(files.has_value());
  const std::string keys = "\"name\": \"idx\"" + key("images", files->images) +
                           key("labels", files->labels) + key("test_images", files->test_images) +
                           key("test_labels", files->test_labels);
  const auto set = open_dataset(keys + ", \"transpose\": true");
  const Examples letters = set->load(Split::kTrain);
  expect_tensor_near(letters.pixels[0].select(2, 0), torch::tensor({{1, 4}, {2, 5}, {3, 6}}), 0);
  EXPECT_EQ(letters.find("label")->classes.size(), 26U);
  EXPECT_EQ(letters.find("label")->classes.at(25), "Z");
  expect_tensor_near(letters.find("label")->values, torch::tensor({0, 25}), 0);
  expect_tensor_near(set->load(Split::kTest).find("label")->values, torch::tensor({2}), 0);
  EXPECT_TRUE(open_dataset(keys)->notice().starts_with(
      files->images.string() + ": EMNIST stores its images lying on their side"));
  EXPECT_FALSE(find_idx_set(folder_ / "gzip" / (train + "labels-idx1-ubyte")).has_value());
  write_file(folder / "emnist-digits-train-images-idx3-ubyte", idx_bytes({1, 2, 3}, pixels));
  expect_error([&] { find_idx_set(folder); },
               folder.string() +
                   ": holds several sets: emnist-digits-train, emnist-letters-train; expected the "
                   "file of one, " +
                   (folder / "emnist-digits-train-images-idx3-ubyte").string());
  EXPECT_EQ(find_idx_set(files->images)->test_images, files->test_images);
}

TEST_F(IdxDataset, ExplainsWrongKeys) {
  expect_error([] { open_dataset("\"name\": \"idx\""); },
               "x: data.images: missing; expected the IDX file of the training images");
  expect_error(
      [&] {
        open_dataset("\"name\": \"idx\"" + key("images", images("train")) +
                     key("test_labels", "a"));
      },
      "x: data.test_labels: given without test_images; expected both or neither");
  expect_error([] { open_dataset("\"name\": \"mnist\", \"validation\": 1"); },
               "x: data.validation: got 1; expected a number >= 0 and < 1");
  auto sorted = datasets().names();
  std::sort(sorted.begin(), sorted.end());
  expect_error(
      [] { open_dataset("\"name\": \"minst\""); },
      "x: data.name: unknown data set \"minst\"; did you mean mnist? known: " + join(sorted));
  expect_error([] { open_dataset(""); },
               "x: data.name: missing; expected one of " + join(datasets().names()));
}

Tensor per_class(const Examples& examples) {
  return examples.find("label")->values.to(at::kLong).bincount({}, 10);
}

TEST(RealData, Mnist) {
  LATENT_REAL_DATA(folder, "mnist");
  const auto set = open_dataset("\"name\": \"mnist\", \"pad_to\": 32" + key("dir", folder));
  const Examples train = set->load(Split::kTrain), test = set->load(Split::kTest);
  EXPECT_EQ(train.shape(), (ImageShape{1, 32, 32}));
  expect_tensor_near(per_class(train),
                     torch::tensor({5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}),
                     0);
  expect_tensor_near(per_class(test),
                     torch::tensor({980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}), 0);
  // The mean that every tutorial normalises by, over the 28x28 pixels.
  const double mean = train.pixels.sum().item<double>() / (60000.0 * 28 * 28 * 255);
  EXPECT_NEAR(mean, 0.1307, 0.00005);
}

TEST(RealData, FashionMnist) {
  LATENT_REAL_DATA(folder, "fashion-mnist");
  const auto set = open_dataset("\"name\": \"fashion_mnist\"" + key("dir", folder));
  const Examples train = set->load(Split::kTrain);
  EXPECT_EQ(train.shape(), (ImageShape{1, 28, 28}));
  expect_tensor_near(per_class(train), torch::full({10}, 6000), 0);
  expect_tensor_near(per_class(set->load(Split::kValidation)), torch::full({10}, 1000), 0);
  EXPECT_NEAR(train.pixels.to(at::kFloat).mean().item<double>() / 255, 0.2860, 0.00005);
}

}  // namespace
}  // namespace latent
