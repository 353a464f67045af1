// Arrays and tables of images from elsewhere.
#include "sets/array_file.h"

#include <limits>

#include "core/system/file.h"
#include "unit/datasets.h"
#include "unit/expect.h"
#include "unit/npy_files.h"

namespace latent {
namespace {

using testing_files::npy_bytes;
using testing_files::stored;

class ArrayFileTest : public testing::Test {
 protected:
  std::string put(const std::string& name, const std::string& bytes) {
    write_file(folder_ / name, bytes);
    return (folder_ / name).string();
  }
  static ArrayFile read(const std::string& file, const ValueRange& range = {}) {
    return array_file_reader({.range = range})(file);
  }

  TemporaryFolder folder_;
};

TEST(IsArrayFile, GoesByTheEnding) {
  for (const char* name : {"a/x.npy", "x.NPY", "x.npz", "x.npz:images", "x.csv", "x.tsv"})
    EXPECT_TRUE(is_array_file(name)) << name;
  for (const char* name : {"x.png", "npy", "x.npy.png", "x"})
    EXPECT_FALSE(is_array_file(name)) << name;
}

TEST_F(ArrayFileTest, ReadsArraysWithTheRunsBlackAndWhite) {
  const std::string bytes =
      put("x.npy", npy_bytes("|u1", "(2, 1, 2)", stored<uint8_t>({0, 51, 102, 255})));
  const ArrayFile all = read(bytes);
  EXPECT_EQ(all.pixels.sizes(), (std::vector<int64_t>{2, 1, 2, 1}));
  expect_tensor_near(all.pixels.flatten(), torch::tensor({0, 51, 102, 255}), 0);
  EXPECT_EQ(all.rows, (std::vector<int64_t>{0, 1}));
  const std::string scan =
      put("y.npy", npy_bytes("<u2", "(1, 1, 2)", stored<uint16_t>({1000, 2000})));
  expect_tensor_near(read(scan, {.black = 0, .white = 4000}).pixels.flatten(),
                     torch::tensor({64, 128}), 0);  // 63.75 and 127.5
}

TEST_F(ArrayFileTest, ReadsTheImagesOfAnArchive) {
  const auto pixel = [](uint8_t value) {
    return npy_bytes("|u1", "(1, 1, 1)", stored<uint8_t>({value}));
  };
  const std::string file = (folder_ / "x.npz").string();
  testing_files::write_zip(file, {{"x_train.npy", pixel(7)}, {"x_test.npy", pixel(9)}});
  EXPECT_EQ(read(file).pixels.item<int>(), 7);
  EXPECT_EQ(read(file + ":x_test").pixels.item<int>(), 9);
  testing_files::write_zip(file, {{"a.npy", pixel(7)}, {"b.npy", pixel(9)}});
  expect_error([&] { read(file); }, file +
                                        ": holds a (1x1x1), b (1x1x1); expected one array of "
                                        "images, or " +
                                        file + ":NAME");
}

TEST_F(ArrayFileTest, LeavesOutImagesThatCannotBeUsed) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::string file = put("x.npy", npy_bytes("<f4", "(3, 1, 1)", stored<float>({1, nan, 0})));
  const ArrayFile found = read(file);
  EXPECT_EQ(found.rows, (std::vector<int64_t>{0, 2}));
  expect_tensor_near(found.pixels.flatten(), torch::tensor({255, 0}), 0);
  EXPECT_EQ(found.broken, std::vector<std::string>{file + ": NaN or infinity in image 1"});
}

TEST_F(ArrayFileTest, ReadsRowsOfPixels) {
  std::string text = "label";
  for (int i = 0; i < 64; ++i)
    text += ",pixel" + std::to_string(i);
  for (const char* first : {"3,255", "4,", "5,51"}) {
    text += std::string("\n") + first;
    for (int i = 1; i < 64; ++i)
      text += ",7";
  }
  const std::string file = put("x.csv", text + "\n");
  const ArrayFile found = read(file);
  EXPECT_EQ(found.pixels.sizes(), (std::vector<int64_t>{2, 8, 8, 1}));
  EXPECT_EQ(found.pixels[0][0][0][0].item<int>(), 255);
  EXPECT_EQ(found.pixels[1][0][0][0].item<int>(), 51);
  EXPECT_EQ(found.rows, (std::vector<int64_t>{0, 2}));
  EXPECT_EQ(found.broken, std::vector<std::string>{file + ": row 1 lacks a value"});
}

TEST_F(ArrayFileTest, RefusesRowsThatAreNoPictures) {
  const std::string file = put("x.csv", "a,b\n1,2\n");
  expect_error([&] { read(file); },
               file +
                   ": its shape is 1x2; expected NxHxW, NxHxWxC or NxCxHxW, or data.shape for "
                   "rows that are pictures, such as [28, 28]");
}

}  // namespace
}  // namespace latent
