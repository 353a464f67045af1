// The data set cifar10, on small batches made by hand.
#include "core/system/file.h"
#include "unit/datasets.h"
#include "unit/expect.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

class Cifar10 : public testing::Test {
 protected:
  Cifar10() {
    for (int batch = 1; batch <= 5; ++batch)
      write("data_batch_" + std::to_string(batch) + ".bin", record(batch, batch * 10));
    write("test_batch.bin", record(9, 100) + record(0, 110));
  }

  // Red, green and blue planes filled with first, first + 1 and first + 2; the pixel in the upper
  // right corner is 255 in red.
  static std::string record(int label, int first) {
    std::string bytes(1, static_cast<char>(label));
    for (int channel = 0; channel < 3; ++channel)
      bytes += std::string(32 * 32, static_cast<char>(first + channel));
    bytes[1 + 31] = '\xff';
    return bytes;
  }
  void write(const std::string& name, const std::string& bytes) {
    write_file(folder_ / name, bytes);
  }
  std::string file(const std::string& name) { return (folder_ / name).string(); }
  std::unique_ptr<Dataset> open(const std::string& keys = "") {
    return open_dataset("\"name\": \"cifar10\"" + key("dir", folder_.path()) + keys);
  }

  TemporaryFolder folder_;
};

TEST_F(Cifar10, TurnsPlanesIntoPixels) {
  const auto set = open();
  const Examples train = set->load(Split::kTrain);
  EXPECT_EQ(train.shape(), (ImageShape{3, 32, 32}));
  EXPECT_EQ(train.count(), 5);
  expect_tensor_near(train.pixels[2][5][7], torch::tensor({30, 31, 32}), 0);
  expect_tensor_near(train.pixels[2][0][31], torch::tensor({255, 31, 32}), 0);
  expect_tensor_near(train.find("label")->values, torch::arange(1, 6), 0);
  EXPECT_EQ(train.find("label")->classes.at(9), "truck");
  const Examples test = set->load(Split::kTest);
  expect_tensor_near(test.pixels.select(1, 9).select(1, 9).select(1, 0), torch::tensor({100, 110}),
                     0);
  expect_tensor_near(test.find("label")->values, torch::tensor({9, 0}), 0);
  EXPECT_NE(set->notice().find("its test set serves as the validation set"), std::string::npos);
}

TEST_F(Cifar10, CountsAndHoldsOutLikeTheOtherSets) {
  const auto set = open(", \"count\": 4, \"validation\": 0.25");
  EXPECT_EQ(set->load(Split::kTrain).count(), 3);
  EXPECT_EQ(set->load(Split::kValidation).count(), 1);
  EXPECT_EQ(set->load(Split::kTest).count(), 2);
  EXPECT_EQ(open(", \"pad_to\": 40")->load(Split::kTest).shape(), (ImageShape{3, 40, 40}));
}

TEST_F(Cifar10, LooksIntoTheArchivesOwnFolder) {
  TemporaryFolder outer;
  fs::create_directory(outer / "cifar-10-batches-bin");
  for (const auto& entry : fs::directory_iterator(folder_.path()))
    fs::copy(entry.path(), outer / "cifar-10-batches-bin");
  write_file(outer / "cifar-10-batches-bin/batches.meta.txt", "a\nb\nc\nd\r\ne\nf\ng\nh\ni\nj\n\n");
  const auto set = open_dataset("\"name\": \"cifar10\"" + key("dir", outer.path()));
  EXPECT_EQ(set->load(Split::kTrain).find("label")->classes.at(3), "d");
}

TEST_F(Cifar10, NamesWhatIsWrong) {
  write("batches.meta.txt", "cat\ndog\n");
  expect_error([&] { open(); },
               file("batches.meta.txt") + ": 2 class names; expected 10, one a line");
  fs::remove(folder_ / "batches.meta.txt");
  write("data_batch_2.bin", record(1, 0) + "x");
  const auto set = open();
  expect_error([&] { set->load(Split::kTrain); },
               file("data_batch_2.bin") +
                   ": 3074 bytes; expected a multiple of 3073, a label and 3x32x32 values for each "
                   "image; unpack the archive again");
  write("data_batch_2.bin", record(1, 0) + record(10, 0));
  expect_error([&] { set->load(Split::kTrain); },
               file("data_batch_2.bin") + ": label 10 at index 1; expected 0 to 9");
  fs::remove(folder_ / "test_batch.bin");
  expect_error([&] { open(); },
               file("test_batch.bin") +
                   ": no such file; unpack "
                   "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz there, or set "
                   "data.dir or LATENT_DATA");
}

}  // namespace
}  // namespace latent
