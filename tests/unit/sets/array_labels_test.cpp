// Labels in arrays, of every kind that people save.
#include "sets/array_labels.h"

#include <cmath>

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/npy_files.h"

namespace latent {
namespace {

using testing_files::npy_bytes;
using testing_files::stored;

class ArrayLabelsTest : public testing::Test {
 protected:
  LabelArray put(const std::string& name, const std::string& bytes, int64_t images = 4) {
    const auto file = folder_ / (name + ".npy");
    write_file(file, bytes);
    return {[file] { return open_stream(file); }, name, images};
  }
  // The attributes of one array called y.
  std::vector<Attribute> read(const std::string& bytes,
                              const std::vector<std::string>& names = {}) {
    return ArrayLabels({put("y", bytes)}, {names, "data.label_names"}).of(0);
  }
  std::string note(const std::string& bytes) { return ArrayLabels({put("y", bytes)}, {}).note(); }
  std::string file(const std::string& name = "y") { return (folder_ / (name + ".npy")).string(); }

  TemporaryFolder folder_;
};

using Words = std::vector<std::string>;

TEST_F(ArrayLabelsTest, AColumnOfWholeNumbersIsTheLabel) {
  for (const char* shape : {"(4,)", "(4, 1)"}) {
    const auto labels = read(npy_bytes("|u1", shape, std::string("\2\0\1\1", 4)));
    ASSERT_EQ(labels.size(), 1U);
    EXPECT_EQ(labels[0].name, "label");
    EXPECT_EQ(labels[0].classes, (Words{"0", "1", "2"}));
    expect_tensor_near(labels[0].values, torch::tensor({2, 0, 1, 1}), 0);
  }
  const auto numbers = npy_bytes("<f4", "(4, 1)", stored<float>({0.5, 1, 2, 3}));
  EXPECT_EQ(read(numbers)[0].name, "y_0");
  EXPECT_EQ(read(numbers, {"age"})[0].name, "age");
}

TEST_F(ArrayLabelsTest, OneHotRowsAreClasses) {
  const std::string rows("\0\1\0\1\0\0\0\0\1\0\1\0", 12);
  const auto one_hot = npy_bytes("|u1", "(4, 3)", rows);
  const auto label = read(one_hot);
  ASSERT_EQ(label.size(), 1U);
  EXPECT_EQ(label[0].classes, (Words{"0", "1", "2"}));
  expect_tensor_near(label[0].values, torch::tensor({1, 0, 2, 1}), 0);
  EXPECT_EQ(note(one_hot), file() + ": one-hot rows are read as the classes \"label\"");
  const auto named = read(one_hot, {"cat", "dog", "owl"});
  ASSERT_EQ(named.size(), 4U);
  expect_tensor_near(named[2].values, torch::tensor({0, 0, 1, 0}), 0);
  EXPECT_EQ(named[3].classes, (Words{"cat", "dog", "owl"}));
  // Two ones in a row: columns.
  const std::string two("\1\1\0\1\0\0\0\0\1\0\1\0", 12);
  EXPECT_EQ(read(npy_bytes("|u1", "(4, 3)", two)).size(), 3U);
}

TEST_F(ArrayLabelsTest, WordsAreClassesAndMissingOnesUnknown) {
  const auto labels = read(npy_bytes("|S3", "(4,)", std::string("owlcat\0\0\0nan", 12)));
  EXPECT_EQ(labels[0].classes, (Words{"cat", "owl"}));
  expect_tensor_near(labels[0].values.nan_to_num(-7), torch::tensor({1, 0, -7, -7}), 0);
  EXPECT_EQ(read(npy_bytes("|S1", "(4, 1)", "0110"))[0].kind(), AttributeKind::kYesNo);
}

TEST_F(ArrayLabelsTest, SignsAreYesAndNo) {
  const auto signs = npy_bytes("<i8", "(4,)", stored<int64_t>({1, -1, -1, 1}));
  EXPECT_EQ(read(signs)[0].kind(), AttributeKind::kYesNo);
  expect_tensor_near(read(signs)[0].values, torch::tensor({1, 0, 0, 1}), 0);
  EXPECT_EQ(note(signs), file() + ": +1 and -1 are read as yes and no");
  const auto unknown = npy_bytes("<i8", "(4,)", stored<int64_t>({1, -1, 0, 1}));
  expect_tensor_near(read(unknown)[0].values.nan_to_num(-7), torch::tensor({1, -7, 0, 1}), 0);
  EXPECT_EQ(note(unknown), file() + ": -1 beside 0 and 1 is read as unknown");
  const auto faces = npy_bytes("|i1", "(4, 2)", "\1\xff\xff\xff\1\1\xff\1");
  expect_tensor_near(read(faces)[1].values, torch::tensor({0, 0, 1, 1}), 0);
}

TEST_F(ArrayLabelsTest, NanIsUnknown) {
  const auto yes_no = read(npy_bytes("<f8", "(4,)", stored<double>({0, NAN, 1, 1})));
  EXPECT_EQ(yes_no[0].kind(), AttributeKind::kYesNo);
  const auto classes = npy_bytes("<f8", "(4,)", stored<double>({0, NAN, 3, 1}));
  EXPECT_EQ(read(classes)[0].classes, (Words{"0", "1", "2", "3"}));
  EXPECT_EQ(note(classes), file() + ": whole numbers and NaN are read as classes, NaN as unknown");
  EXPECT_TRUE(read(npy_bytes("<f8", "(4,)", stored<double>({0, 2, 3, 1})))[0].classes.empty());
}

TEST_F(ArrayLabelsTest, AllPartsAreReadAlike) {
  const ArrayLabels labels(
      {put("train_labels", npy_bytes("|u1", "(4, 1)", std::string("\0\1\4\1", 4))),
       put("test_labels", npy_bytes("|u1", "(2, 1)", std::string("\0\2", 2)), 2)},
      {});
  EXPECT_EQ(labels.of(1)[0].name, "label");
  EXPECT_EQ(labels.of(1)[0].classes, labels.of(0)[0].classes);
  // Only one part holds -1.
  const ArrayLabels signs({put("a", npy_bytes("|i1", "(4,)", "\1\1\1\1")),
                           put("b", npy_bytes("|i1", "(2,)", "\1\xff"), 2)},
                          {});
  expect_tensor_near(signs.of(0)[0].values, torch::ones(4), 0);
  expect_tensor_near(signs.of(1)[0].values, torch::tensor({1, 0}), 0);
  // Columns take their names from the first part.
  const ArrayLabels columns(
      {put("a", npy_bytes("<f4", "(4, 2)", stored<float>({1, 2, 3, 4, 5, 6, 7, 8}))),
       put("b", npy_bytes("<f4", "(1, 2)", stored<float>({1, 2})), 1)},
      {});
  EXPECT_EQ(columns.of(1)[1].name, "a_1");
}

TEST_F(ArrayLabelsTest, NamesWhatDoesNotFit) {
  expect_error([&] { read(npy_bytes("|u1", "(3,)", "abc")); },
               file() + ": its shape is 3; expected 4 labels, one for each image, or 4xK");
  expect_error([&] { read(npy_bytes("|S1", "(4, 2)", "abcdefgh")); },
               file() + ": its shape is 4x2; expected 4 labels, one for each image, or 4x1");
  expect_error(
      [&] {
        read(npy_bytes("<i2", "(4,)", stored<int16_t>({0, 1, -1, 2})));
      },
      file() + ": label -1 at index 2; expected 0 to 9999");
  expect_error(
      [&] {
        read(npy_bytes("|u1", "(4, 1)", "abcd"), {"x", "y"});
      },
      "data.label_names: 2 names; expected 1, one for each column of " + file());
  expect_error(
      [&] {
        ArrayLabels({put("y", npy_bytes("|u1", "(4,)", "abcd")),
                     put("t", npy_bytes("|S1", "(1,)", "a"), 1)},
                    {});
      },
      file("t") + ": a word for each image; expected 1 numbers as in " + file());
}

}  // namespace
}  // namespace latent
