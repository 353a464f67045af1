// The data sets npy and npz, on arrays made by hand.
#include <cstdlib>
#include <optional>

#include "core/system/file.h"
#include "sets/array_set.h"
#include "unit/datasets.h"
#include "unit/expect.h"
#include "unit/experiments.h"
#include "unit/npy_files.h"

namespace latent {
namespace {

using testing_files::npy_bytes;
using testing_files::npy_file;
using testing_files::stored;
using testing_files::write_zip;

// The numbers 0 to count - 1, each a byte.
std::string ramp(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i)
    bytes += static_cast<char>(i);
  return bytes;
}

class ArrayDataset : public testing::Test {
 protected:
  std::filesystem::path put(const std::string& name, const std::string& bytes) {
    write_file(folder_ / name, bytes);
    return folder_ / name;
  }
  Examples load(const std::string& bytes, const std::string& keys = "") {
    const auto file = put("images.npy", bytes);
    return open_dataset("\"name\": \"npy\", \"validation\": 0.25" + key("images", file) + keys)
        ->load(Split::kTrain);
  }
  void expect_refused(const std::string& bytes, const std::string& keys,
                      const std::string& message) {
    expect_error([&] { load(bytes, keys); }, message);
  }
  std::string images() { return (folder_ / "images.npy").string(); }

  TemporaryFolder folder_;
};

TEST_F(ArrayDataset, TellsTheLayoutsApart) {
  // Four images of 2x5 and three channels; carving leaves three of them.
  const Tensor numbers = torch::arange(120).to(at::kByte);
  const auto expect_first = [&](const Examples& got, const Tensor& want) {
    const int64_t row = std::stoll(got.name(0));
    expect_tensor_near(got.pixels[0], want[row], 0);
  };
  expect_first(load(npy_bytes("|u1", "(4, 2, 5, 3)", ramp(120))), numbers.view({4, 2, 5, 3}));
  expect_first(load(npy_bytes("|u1", "(4, 3, 2, 5)", ramp(120))),
               numbers.view({4, 3, 2, 5}).permute({0, 2, 3, 1}));
  expect_first(load(npy_bytes("|u1", "(4, 5, 6)", ramp(120))), numbers.view({4, 5, 6, 1}));
  expect_first(load(npy_bytes("|u1", "(4, 3, 10, 1)", ramp(120)), ", \"layout\": \"NHWC\""),
               numbers.view({4, 3, 10, 1}));
  expect_first(load(npy_bytes("|u1", "(4, 1, 10, 3)", ramp(120)), ", \"layout\": \"NCHW\""),
               numbers.view({4, 10, 3, 1}));
  expect_refused(
      npy_bytes("|u1", "(4, 1, 10, 3)", ramp(120)), "",
      "x: data.layout: missing; expected NHWC or NCHW, since " + images() + " is 4x1x10x3");
  expect_refused(npy_bytes("|u1", "(4, 2, 5, 3)", ramp(120)), ", \"layout\": \"NCHW\"",
                 images() +
                     ": its shape is 4x2x5x3; expected 1 or 3 channels, in the last or the "
                     "second dimension");
  expect_refused(npy_bytes("|u1", "(2, 6, 5, 4)", ramp(240)), "",
                 images() +
                     ": its shape is 2x6x5x4; expected 1 or 3 channels, in the last or the "
                     "second dimension; array[..., :3] leaves out the fourth");
  expect_refused(npy_bytes("|u1", "(4, 30)", ramp(120)), "",
                 images() +
                     ": its shape is 4x30; expected NxHxW, NxHxWxC or NxCxHxW, or "
                     "data.shape for rows that are pictures, such as [28, 28]");
}

TEST_F(ArrayDataset, FindsWhite) {
  const Tensor want = torch::tensor({0, 51, 255});
  const auto first = [](const Examples& got) { return got.pixels[0].flatten(); };
  const auto floats = [](std::vector<float> row) {
    auto all = row;
    for (int i = 0; i < 3; ++i)
      all.insert(all.end(), row.begin(), row.end());
    return npy_bytes("<f4", "(4, 1, 3)", stored(all));
  };
  expect_tensor_near(first(load(floats({0, 0.2F, 1}))), want, 0);
  expect_tensor_near(first(load(floats({0, 51, 255}), ", \"white\": 255")), want, 0);
  expect_tensor_near(first(load(floats({-1e-7F, 0.2F, 1.0000001F}))), want, 0);
  const auto beyond = [&](const std::string& value, const std::string& extent,
                          const std::string& remedy) {
    return images() + ": value " + value + " in image 0; expected 0 to 1; all values are from " +
           extent + ": set " + remedy + " if these are black and white";
  };
  expect_refused(floats({0, 51, 255}), "", beyond("51", "0 to 255", "data.white: 255"));
  expect_refused(floats({0, -0.5F, 0.75F}), "",
                 beyond("-0.5", "-0.5 to 0.75", "data.black: -1 and data.white: 1"));
  expect_refused(floats({0, 8, 16}), "", beyond("8", "0 to 16", "data.white: 16"));
}

TEST_F(ArrayDataset, BytesOfZeroAndOneAreBlackAndWhite) {
  const auto file =
      put("images.npy", npy_bytes("|u1", "(4, 1, 2)", std::string("\0\1\0\1\0\1\0\1", 8)));
  const auto set = open_dataset("\"name\": \"npy\"" + key("images", file));
  expect_tensor_near(set->load(Split::kTrain).pixels[0].flatten(), torch::tensor({0, 255}), 0);
  EXPECT_EQ(
      set->notice().substr(0, set->notice().find(';')),
      images() + ": its bytes are 0 and 1: 1 is shown as white (data.white: 255 if it is not)");
  const Examples dark =
      load(npy_bytes("|u1", "(4, 1, 2)", std::string("\0\1\0\1\0\1\0\1", 8)), ", \"white\": 255");
  expect_tensor_near(dark.pixels[0].flatten(), torch::tensor({0, 1}), 0);
  const Examples truth = load(npy_bytes("|b1", "(4, 1, 2)", std::string("\0\1\0\1\0\1\0\1", 8)));
  expect_tensor_near(truth.pixels[0].flatten(), torch::tensor({0, 255}), 0);
}

TEST_F(ArrayDataset, ReadsLabels) {
  const auto file = put("images.npy", npy_bytes("|u1", "(4, 1, 2)", ramp(8)));
  const auto train = [&](const std::string& labels, const std::string& keys = "") {
    const auto label_file = put("factors.npy", labels);
    return open_dataset("\"name\": \"npy\", \"count\": 3" + key("images", file) +
                        key("test_images", file) + key("labels", label_file) + keys)
        ->load(Split::kTrain);
  };
  const Examples classes = train(npy_bytes("<i8", "(4,)", stored<int64_t>({2, 0, 1, 1})));
  expect_tensor_near(classes.find("label")->values, torch::tensor({2, 0, 1}), 0);
  EXPECT_EQ(classes.find("label")->classes, (std::vector<std::string>{"0", "1", "2"}));
  const Examples numbers = train(npy_bytes("<f4", "(4,)", stored<float>({0.5, 1, 2, 3})));
  expect_tensor_near(numbers.find("label")->values, torch::tensor({0.5, 1.0, 2.0}), 0);
  EXPECT_TRUE(numbers.find("label")->classes.empty());
  const std::string matrix = npy_bytes("<f8", "(4, 2)", stored<double>({1, 2, 3, 4, 5, 6, 7, 8}));
  expect_tensor_near(train(matrix).find("factors_1")->values, torch::tensor({2, 4, 6}), 0);
  EXPECT_NE(train(matrix, ", \"label_names\": [\"x\", \"y\"]").find("y"), nullptr);
  expect_error([&] { train(matrix, ", \"label_names\": [\"x\"]"); },
               "x: data.label_names: 1 names; expected 2, one for each column of " +
                   (folder_ / "factors.npy").string());
  expect_error([&] { train(npy_bytes("|u1", "(3,)", ramp(3))); },
               (folder_ / "factors.npy").string() +
                   ": its shape is 3; expected 4 labels, one for each image, or 4xK");
  expect_error(
      [&] {
        train(npy_bytes("<i2", "(4,)", stored<int16_t>({0, 1, -1, 2})));
      },
      (folder_ / "factors.npy").string() + ": label -1 at index 2; expected 0 to 9999");
}

// The layout of dsprites_ndarray_co1sh3sc6ori40x32y32_64x64.npz: an object array, images of 0 and
// 1, and two matrices of factors.
TEST_F(ArrayDataset, ReadsTheLayoutOfDSprites) {
  std::string pixels;
  for (int i = 0; i < 5; ++i)
    pixels.append(8, '\0').append(8, '\1');
  write_zip(folder_ / "dsprites.npz",
            {{"metadata.npy",
              npy_file("{'descr': '|O', 'fortran_order': False, 'shape': (), }", "pickle")},
             {"imgs.npy", npy_bytes("|u1", "(5, 4, 4)", pixels)},
             {"latents_classes.npy", npy_bytes("<i8", "(5, 1)", stored<int64_t>({0, 1, 2, 3, 4}))},
             {"latents_values.npy",
              npy_bytes("<f8", "(5, 2)", stored<double>({1, .1, 1, .2, 1, .3, 1, .4, 1, .5}))}});
  const auto set =
      open_dataset("\"name\": \"npz\", \"validation\": 0.2, \"labels\": \"latents_values\"" +
                   key("file", folder_ / "dsprites.npz"));
  const Examples train = set->load(Split::kTrain), held_out = set->load(Split::kValidation);
  EXPECT_EQ(train.count(), 4);
  EXPECT_EQ(held_out.count(), 1);
  EXPECT_EQ(train.shape(), (ImageShape{1, 4, 4}));
  expect_tensor_near(train.pixels[0].flatten(),
                     torch::cat({torch::zeros(8), torch::full({8}, 255)}), 0);
  expect_tensor_near(train.find("latents_values_1")->values[0],
                     torch::tensor(0.1 * (1 + std::stod(train.name(0))), at::kDouble), 1e-9);
}

TEST_F(ArrayDataset, TakesTestArraysAndBringsImagesToOneSize) {
  write_zip(folder_ / "mnist.npz",
            {{"x_train.npy", npy_bytes("|u1", "(3, 2, 2)", ramp(12))},
             {"y_train.npy", npy_bytes("|u1", "(3,)", ramp(3))},
             {"x_test.npy", npy_bytes("|u1", "(2, 2, 2)", ramp(8))},
             {"y_test.npy", npy_bytes("|u1", "(2,)", ramp(2))},
             {"other.npy", npy_bytes("|u1", "(2, 3, 2)", ramp(12))}},
            ZIP_CM_STORE);
  const std::string name = "\"name\": \"npz\"" + key("file", folder_ / "mnist.npz");
  const auto set = open_dataset(name +
                                ", \"pad_to\": 4, \"labels\": \"y_train\", \"test_images\": "
                                "\"x_test\", \"test_labels\": \"y_test\"");
  EXPECT_EQ(set->load(Split::kTrain).shape(), (ImageShape{1, 4, 4}));
  expect_tensor_near(set->load(Split::kTest).pixels[1][1][1], torch::tensor({4}), 0);
  expect_tensor_near(set->load(Split::kTest).find("label")->values, torch::tensor({0, 1}), 0);
  const std::string file = (folder_ / "mnist.npz").string();
  expect_error([&] { open_dataset(name + ", \"test_images\": \"other\""); },
               file + ": other: images of 1x3x2; expected 1x2x2 as in " + file + ": x_train");
}

// Large sets are packed: the same images and labels in the same splits.
TEST_F(ArrayDataset, ThePackHoldsWhatMemoryWould) {
  ::setenv("LATENT_CACHE", (folder_ / "cache").c_str(), 1);
  const int64_t count = 3000;  // more than are read at a time
  const Tensor pixels = (uniform({count, 2, 3}) * 256).to(at::kByte);
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < count; ++i)
    labels.push_back(i % 7);
  const std::string values(static_cast<const char*>(pixels.const_data_ptr()), 6 * count);
  const auto images = put("images.npy", npy_bytes("|u1", "(3000, 2, 3)", values));
  const auto classes = put("labels.npy", npy_bytes("<i8", "(3000,)", stored(labels)));
  const auto opener = [](const std::filesystem::path& file) {
    return [file] { return open_stream(file); };
  };
  Config config = Config::parse("{\"pad_to\": 4}", "x");
  Section section = config.root();
  const Fit fit(section);
  ArraySetOptions options;
  options.splits.count = 2900;
  options.splits.validation = 0.3;
  const ArrayPart train{opener(images), opener(classes), "labels", "a"};
  for (const bool with_test : {false, true}) {
    const auto test = with_test ? std::optional(train) : std::nullopt;
    const ArrayParts parts{.train = train, .validation = {}, .test = test};
    const auto memory = make_array_dataset(parts, options, fit);
    const auto packed = make_array_dataset(parts, options, fit, 0);
    EXPECT_EQ(memory->pack(), nullptr);
    EXPECT_NE(packed->pack(), nullptr);
    for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
      const Examples want = memory->load(split), got = packed->load(split);
      expect_tensor_near(got.pixels, want.pixels, 0);
      expect_tensor_near(got.find("label")->values, want.find("label")->values, 0);
      EXPECT_EQ(got.find("label")->classes, want.find("label")->classes);
    }
  }
  ::unsetenv("LATENT_CACHE");
}

TEST_F(ArrayDataset, ExplainsWrongKeys) {
  expect_error([] { open_dataset("\"name\": \"npz\""); },
               "x: data.file: missing; expected an NPZ file");
  expect_error([] { open_dataset("\"name\": \"npy\""); },
               "x: data.images: missing; expected the NPY file of the training images");
  expect_error([] { open_dataset("\"name\": \"npy\", \"images\": \"a\", \"test_labels\": \"b\""); },
               "x: data.test_labels: given without test_images; expected both or neither");
  expect_error([] { open_dataset("\"name\": \"npy\", \"images\": \"/nowhere/a.npy\""); },
               "/nowhere/a.npy: no such file");
  write_zip(folder_ / "flat.npz", {{"a.npy", npy_bytes("|u1", "(3,)", ramp(3))}});
  expect_error(
      [&] { open_dataset("\"name\": \"npz\"" + key("file", folder_ / "flat.npz")); },
      (folder_ / "flat.npz").string() +
          ": no array of 3 or 4 dimensions; it holds a (3); data.images names the array of "
          "images");
  write_zip(folder_ / "hurt.npz",
            {{"x.npy", "no array"}, {"y.npy", npy_bytes("|u1", "(3,)", ramp(3))}});
  const std::string said =
      error_of([&] { open_dataset("\"name\": \"npz\"" + key("file", folder_ / "hurt.npz")); });
  EXPECT_TRUE(said.starts_with((folder_ / "hurt.npz").string() + ": x: ")) << said;
  EXPECT_TRUE(
      said.ends_with("; no other array of 3 or 4 dimensions; it holds x, y (3); data.images "
                     "names the array of images"))
      << said;
}

}  // namespace
}  // namespace latent
