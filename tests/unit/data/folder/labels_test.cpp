// What a CSV knows about images, and CSVs that belong to other images.
#include "data/folder/labels.h"

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

class CsvLabels : public testing::Test {
 protected:
  Labels labels(const std::string& text) {
    write_file(csv_, text);
    return labels_from_csv(csv_, {"a.png", "deep/b.png", "deep/c, d.png"});
  }
  void expect_fault(const std::string& text, const std::string& message) {
    expect_error([&] { labels(text); }, csv_.string() + ": " + message);
  }

  TemporaryFolder folder_;
  std::filesystem::path csv_ = folder_ / "labels.csv";
};

TEST_F(CsvLabels, NumbersSignsAndWordsAreDistinguished) {
  const Labels read = labels(
      "\xef\xbb\xbf"
      "File,age,Smiling,mood\r\n"
      "a.png,3.5,1,happy\r\n"
      "\"deep/c, d.png\",-2,-1,\"sad, mostly\"\r\n"
      "deep/b.png,7,-1,happy\r\n");
  ASSERT_EQ(read.attributes.size(), 3U);
  EXPECT_EQ(read.notice, "");
  expect_tensor_near(read.attributes[0].values, torch::tensor({3.5, 7.0, -2.0}), 0);
  EXPECT_TRUE(read.attributes[0].classes.empty());
  EXPECT_EQ(read.attributes[1].name, "Smiling");
  expect_tensor_near(read.attributes[1].values, torch::tensor({1, 0, 0}), 0);
  EXPECT_EQ(read.attributes[2].classes, (std::vector<std::string>{"happy", "sad, mostly"}));
  expect_tensor_near(read.attributes[2].values, torch::tensor({0, 0, 1}), 0);
}

TEST_F(CsvLabels, AFewWholeNumbersAreClasses) {
  const Labels read = labels("File,digit\na.png,10\n\"deep/c, d.png\",9\ndeep/b.png,2\n");
  ASSERT_EQ(read.attributes.size(), 1U);
  EXPECT_EQ(read.attributes[0].classes, (std::vector<std::string>{"2", "9", "10"}));
  expect_tensor_near(read.attributes[0].values, torch::tensor({2, 0, 1}), 0);
}

TEST_F(CsvLabels, FilesAreFoundByTheLastPartOfTheirNames) {
  const Labels read =
      labels("x,image_id\n1.5,./a.png\n2,b.png\n3,\"deep/c, d.png\"\n4,e.png\n5,f.png\n");
  expect_tensor_near(read.attributes[0].values, torch::tensor({1.5, 2.0, 3.0}), 0);
  EXPECT_EQ(read.notice, csv_.string() + ": 2 rows name no image; first " + csv_.string() +
                             ": line 5: \"e.png\"");
  write_file(csv_, "file,x\nb.png,1\n");
  expect_error(
      [&] {
        labels_from_csv(csv_, {"1/b.png", "2/b.png"});
      },
      csv_.string() +
          ": no row for 1/b.png and 1 more; expected one for each image, or data.labels: "
          "none");
}

TEST_F(CsvLabels, FaultsNameTheRow) {
  const std::string good = "file,x\na.png,1\nb.png,2\n";
  expect_fault(good, "no row for deep/c, d.png; expected one for each image, or data.labels: none");
  expect_fault(good + "a.png,3\n",
               "line 4: a second row for a.png; the first is " + csv_.string() + ": line 2");
  expect_fault("picture,x\na.png,1\n",
               "no column of file names among picture, x; expected one called file, filename, "
               "file_name, image, image_id, name, path");
  expect_fault(good + "\"deep/c, d.png\"\n", "line 4: 1 fields; expected 2 as in the first line");
  expect_fault("", "empty; expected a line of column names");
}

TEST_F(CsvLabels, TooManyWordsAreNoClasses) {
  std::string text = "file,words,numbers\n";
  std::vector<std::string> names;
  for (int i = 0; i < 1500; ++i) {
    names.push_back(std::to_string(i) + ".png");
    text += names.back() + ",word" + std::to_string(i) + "," + std::to_string(i) + "\n";
  }
  write_file(csv_, text);
  const Labels read = labels_from_csv(csv_, names);
  ASSERT_EQ(read.attributes.size(), 1U);
  expect_tensor_near(read.attributes[0].values, torch::arange(1500), 0);
  EXPECT_EQ(read.notice,
            csv_.string() + ": column words is skipped: more than 1000 different words");
}

}  // namespace
}  // namespace latent
