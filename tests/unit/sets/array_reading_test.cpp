// Arrays as people have them: values of every type and range, rows that are pictures, NaN.
#include <cmath>
#include <limits>

#include "core/system/file.h"
#include "sets/pixel_range.h"
#include "unit/cache_folder.h"
#include "unit/datasets.h"
#include "unit/expect.h"
#include "unit/npy_files.h"

namespace latent {
namespace {

using testing_files::npy_bytes;
using testing_files::stored;

class ArrayReading : public testing::Test {
 protected:
  // The training images of a set that serves as its own test set, in order.
  std::unique_ptr<Dataset> set(const std::string& bytes, const std::string& keys = "") {
    write_file(file_, bytes);
    return open_dataset("\"name\": \"npy\"" + key("images", file_) + key("test_images", file_) +
                        keys);
  }
  Tensor pixels(const std::string& bytes, const std::string& keys = "") {
    return set(bytes, keys)->load(Split::kTrain).pixels;
  }
  // The first message of the notice.
  std::string note(const std::string& bytes, const std::string& keys = "") {
    const std::string notice = set(bytes, keys)->notice();
    return notice.substr(0, notice.find("; the data set has"));
  }
  std::string name() { return file_.string(); }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "x.npy";
};

TEST_F(ArrayReading, WholeNumbersOfAnyWidthAreReadAsBytesAre) {
  const Tensor want = torch::tensor({0, 51, 255});
  const std::string shape = "(1, 1, 3)";
  expect_tensor_near(pixels(npy_bytes("<i8", shape, stored<int64_t>({0, 51, 255}))).flatten(), want,
                     0);
  expect_tensor_near(pixels(npy_bytes("<i4", shape, stored<int32_t>({0, 51, 255}))).flatten(), want,
                     0);
  const auto scan = npy_bytes("<u2", shape, stored<uint16_t>({0, 819, 4095}));
  expect_tensor_near(pixels(scan, ", \"white\": 4095").flatten(), want, 0);
  expect_error([&] { set(scan)->load(Split::kTrain); },
               name() +
                   ": value 819 in image 0; expected 0 to 255; all values are from 0 to 4095: set "
                   "data.white: 4095 if these are black and white");
  const auto half = npy_bytes("<f2", shape, stored<uint16_t>({0, 0x3266, 0x3c00}));  // 0, 0.2, 1
  expect_tensor_near(pixels(half).flatten(), want, 0);
}

TEST_F(ArrayReading, ValuesFromMinusOneToOneHaveTheirBlackBelowZero) {
  const auto tanh = npy_bytes("<f4", "(1, 1, 3)", stored<float>({-1, -0.6F, 1}));
  expect_tensor_near(pixels(tanh).flatten(), torch::tensor({0, 51, 255}), 0);
  EXPECT_EQ(note(tanh), name() +
                            ": its values go from -1 to 1: -1 is shown as black (data.white: 1 if "
                            "0 is black)");
  const auto part = npy_bytes("<f4", "(1, 1, 2)", stored<float>({-0.6F, 0}));
  expect_tensor_near(pixels(part, ", \"black\": -1, \"white\": 1").flatten(),
                     torch::tensor({51, 128}), 0);
  expect_error([&] { pixels(tanh, ", \"white\": 1"); },
               name() +
                   ": value -1 in image 0; expected 0 to 1; all values are from -1 to 1: set "
                   "data.black: -1 and data.white: 1 if these are black and white");
  expect_error([&] { pixels(part, ", \"black\": 2"); },
               "x: data.black: got 2; expected less than white, which is 1 (data.white)");
}

TEST(PixelRange, OffersTheProbableBlackAndWhite) {
  const auto offered = [](double low, double high) {
    Extent extent;
    extent.add(torch::tensor({low, high}, at::kDouble));
    return offered_range(extent);
  };
  EXPECT_EQ(offered(0, 1000), "data.white: 1023");
  EXPECT_EQ(offered(0, 16000), "data.white: 16383");
  EXPECT_EQ(offered(0, 200.5), "data.white: 255");
  EXPECT_EQ(offered(0, 16), "data.white: 16");
  EXPECT_EQ(offered(0, 1e6), "data.white: 1000000");
  EXPECT_EQ(offered(-0.5, 0.5), "data.black: -0.5 and data.white: 0.5");
  EXPECT_EQ(offered(-128, 127), "data.black: -128 and data.white: 127");
  EXPECT_EQ(offered(-2.5, 3.5), "data.black: -2.5 and data.white: 3.5");
}

TEST_F(ArrayReading, PicturesWithoutALightPixelAreSuspicious) {
  const std::string digits = npy_bytes("|u1", "(1, 1, 2)", "\x02\x10");
  EXPECT_EQ(note(digits), name() +
                              ": its pictures are darker than a quarter of white: the largest "
                              "value is 16, and 255 is white (data.white: 16 if that is white)");
  expect_tensor_near(pixels(digits, ", \"white\": 16").flatten(), torch::tensor({32, 255}), 0);
  EXPECT_EQ(note(npy_bytes("|u1", "(1, 1, 2)", "\x02\x40")).find(name()), std::string::npos);
}

TEST_F(ArrayReading, RowsBecomePictures) {
  std::string row;
  for (int i = 0; i < 64; ++i)
    row += static_cast<char>(4 * i);
  const auto flat = npy_bytes("|u1", "(1, 64)", row);
  expect_tensor_near(pixels(flat)[0].select(2, 0).to(at::kInt),
                     (torch::arange(64) * 4).view({8, 8}), 0);
  EXPECT_EQ(note(flat), name() + ": rows of 64 values are read as pictures of 8x8 (data.shape)");
  EXPECT_EQ(pixels(flat, ", \"shape\": [4, 16]").sizes(), (std::vector<int64_t>{1, 4, 16, 1}));
  expect_tensor_near(pixels(flat, ", \"transpose\": true")[0].select(2, 0).to(at::kInt),
                     (torch::arange(64) * 4).view({8, 8}).t(), 0);
  EXPECT_EQ(pixels(flat, ", \"shape\": [4, 16], \"transpose\": true").sizes(),
            (std::vector<int64_t>{1, 16, 4, 1}));
  const auto colours = npy_bytes("|u1", "(1, 6)", "\1\2\3\4\5\x80");
  expect_tensor_near(pixels(colours, ", \"shape\": [2, 1, 3]")[0][1][0], torch::tensor({4, 5, 128}),
                     0);
  expect_tensor_near(pixels(colours, ", \"shape\": [3, 1, 2]")[0][0][1], torch::tensor({2, 4, 128}),
                     0);
  expect_error(
      [&] { pixels(colours, ", \"shape\": [28, 28]"); },
      "x: data.shape: got 28x28, which is 784 values; expected 6, as in each row of " + name());
  expect_error([&] { pixels(colours, ", \"shape\": [28]"); },
               "x: data.shape: got [28]; expected [height, width], [height, width, 3] or [3, "
               "height, width]");
}

TEST_F(ArrayReading, ImagesThatHoldNanAreCountedOrSkipped) {
  const float infinity = std::numeric_limits<float>::infinity();
  const auto broken =
      npy_bytes("<f4", "(5, 1, 2)", stored<float>({0, 1, 0, NAN, 0.2F, 1, infinity, 0, 1, 1}));
  const std::string said = name() + ": 2 of 5 images hold NaN or infinity, the first is image 1";
  expect_error([&] { pixels(broken); },
               said + "; fix or remove it, or skip such files with data.on_error: skip");
  const auto kept = set(broken, ", \"on_error\": \"skip\", \"max_skipped\": 0.5");
  const Examples train = kept->load(Split::kTrain);
  expect_tensor_near(train.pixels.flatten(1), torch::tensor({{0, 255}, {51, 255}, {255, 255}}), 0);
  EXPECT_EQ(train.name(1), "00002");
  EXPECT_TRUE(kept->notice().starts_with(said + ": skipped (data.on_error: skip); "))
      << kept->notice();
  const auto all = npy_bytes("<f4", "(1, 1, 1)", stored<float>({NAN}));
  expect_error([&] { pixels(all, ", \"on_error\": \"skip\", \"max_skipped\": 1"); },
               name() + ": every image holds NaN or infinity; expected numbers");
}

TEST_F(ArrayReading, WordsAreNoImages) {
  expect_error([&] { set(npy_bytes("|S4", "(1,)", "fish")); },
               name() + ": holds words; expected the numbers of images");
}

}  // namespace
}  // namespace latent
