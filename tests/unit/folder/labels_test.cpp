// What a CSV knows about images, and CSVs that belong to other images.
#include "folder/labels.h"

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

class CsvLabels : public testing::Test {
 protected:
  Labels labels(const std::string& text) {
    write_file(csv_, text);
    return labels_from_csv(csv_, images_);
  }
  void expect_fault(const std::string& text, const std::string& message) {
    expect_error([&] { labels(text); }, csv_.string() + ": " + message);
  }

  const std::vector<std::string> images_{"a.png", "deep/b.png", "deep/c, d.png"};
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

TEST_F(CsvLabels, FilesAreFoundByTheEndOfTheirPaths) {
  const Labels read =
      labels("x,image_id\n1.5,./a.png\n2,imgs\\deep\\b.png\n3,\"c, d\"\n4,e.png\n5,other/b.png\n");
  expect_tensor_near(read.attributes[0].values, torch::tensor({1.5, 2.0, 3.0}), 0);
  EXPECT_EQ(read.notice, csv_.string() + ": 2 rows name no image; first " + csv_.string() +
                             ": line 5: \"e.png\"");
  EXPECT_EQ(labels("file,x\na.png,1\nb.png,2\n\"c, d\",3\nother/b.png,4\n").notice,
            csv_.string() + ": 1 row names no image; first " + csv_.string() +
                ": line 5: \"other/b.png\", but deep/b.png is in another folder");
}

TEST_F(CsvLabels, AFileThatIsNotUtf8IsNamed) {
  const Labels read = labels("file,x\na.png,1\nb.png,2\n\"caf\xe9.png\",3\n");
  EXPECT_NE(read.notice.find("; the file is not UTF-8 text: save it as \"CSV UTF-8\""),
            std::string::npos)
      << read.notice;
}

TEST_F(CsvLabels, SpacesDoNotSeparateColumns) {
  expect_error([&] { labels("file smile\na.png 1\nb.png 0\n"); },
               csv_.string() +
                   ": no column names the images: the columns are file smile, and an image is "
                   "a.png; spaces do not separate columns: put commas or tabs in their place");
}

TEST_F(CsvLabels, ANameThatMayBeTwoImagesIsRefused) {
  write_file(csv_, "file,x\na.png,1\nb.png,2\n");
  expect_error(
      [&] {
        labels_from_csv(csv_, {"a.png", "1/b.png", "2/b.png"});
      },
      csv_.string() +
          ": line 3: \"b.png\" may be 1/b.png or 2/b.png; expected exact names, with folders as "
          "far "
          "as images share names");
}

TEST_F(CsvLabels, ImagesWithoutARowHaveUnknownLabels) {
  const Labels read = labels("file,x,mood\na.png,1.5,sad\nb.png,,happy\n");
  expect_tensor_near(read.attributes[0].values, torch::tensor({1.5, kNoValue, kNoValue}), 0);
  expect_tensor_near(read.attributes[1].values, torch::tensor({1.0, 0.0, kNoValue}), 0);
  const std::string file = csv_.string();
  EXPECT_EQ(read.notice,
            file + ": no row for 1 of 3 images, whose labels are unknown; first deep/c, d.png\n" +
                file + ": unknown values: 1 of x (\"\"); data.unknown lists the words for them");
}

TEST_F(CsvLabels, UnknownWordsCanBeChosen) {
  write_file(csv_, "file,mood\na.png,None\ndeep/b.png,Absent\n\"c, d\",sad\n");
  CsvLabelOptions options;
  options.unknown = {"absent"};
  const Labels read = labels_from_csv(csv_, images_, options);
  EXPECT_EQ(read.attributes[0].classes, (std::vector<std::string>{"None", "sad"}));
  expect_tensor_near(read.attributes[0].values, torch::tensor({0.0, kNoValue, 1.0}), 0);
}

TEST_F(CsvLabels, TheColumnOfNamesIsFoundByItsValues) {
  const Labels read = labels("age;Image Index\n20;a.png\n31;b.png\n44,5;c, d\n");
  ASSERT_EQ(read.attributes.size(), 1U);
  EXPECT_EQ(read.attributes[0].name, "age");
  expect_tensor_near(read.attributes[0].values, torch::tensor({20.0, 31.0, 44.5}), 0);
  EXPECT_EQ(read.notice, csv_.string() + ": commas are decimal: \"44,5\"");
}

TEST_F(CsvLabels, OfTwoColumnsOfNamesOneIsTakenAndTheKeyIsNamed) {
  const std::string text = "scan,mask,x\na.png,a.png,1\nb.png,b.png,2\n\"c, d\",\"c, d\",3\n";
  const Labels read = labels(text);
  EXPECT_EQ(read.attributes[0].name, "mask");
  EXPECT_EQ(read.notice,
            csv_.string() +
                ": the images are named by column \"scan\"; \"mask\" names images too: "
                "data.name_column chooses another");
  CsvLabelOptions options;
  options.name_column = "mask";
  const Labels other = labels_from_csv(csv_, images_, options);
  EXPECT_EQ(other.attributes[0].name, "scan");
  EXPECT_EQ(other.notice, "");
  options.name_column = "maks";
  expect_error([&] { labels_from_csv(csv_, images_, options); },
               "data.name_column: no column \"maks\" in " + csv_.string() +
                   "; did you mean mask? known: mask, scan, x");
  // A usual name is preferred.
  EXPECT_EQ(labels("scan,file,x\na.png,a.png,1\n").attributes[0].name, "scan");
}

TEST_F(CsvLabels, ADigitIsNoNameOfAnImage) {
  std::string text = "digit,scan\n";
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) {
    names.push_back(std::to_string(i) + ".png");
    text += std::to_string(i % 5) + "," + names.back() + "\n";
  }
  write_file(csv_, text);
  const Labels read = labels_from_csv(csv_, names);
  EXPECT_EQ(read.notice, "");
  EXPECT_EQ(read.attributes[0].classes, (std::vector<std::string>{"0", "1", "2", "3", "4"}));
}

TEST_F(CsvLabels, AFileWithoutAHeaderLosesNoRow) {
  const Labels read = labels("a.png\thappy\nb.png\tsad\n\"c, d\"\tsad\n");
  EXPECT_EQ(read.attributes[0].name, "label");
  expect_tensor_near(read.attributes[0].values, torch::tensor({0, 1, 1}), 0);
  EXPECT_EQ(read.notice,
            csv_.string() + ": the first line names an image, so the columns have no names");
  const Labels wide = labels("a.png,1.5,1.5\nb.png,2.5,3.5\n\"c, d\",2,3\n");
  EXPECT_EQ(wide.attributes[1].name, "3");
  EXPECT_EQ(labels("a.png,1.5\n").attributes[0].name, "label");
}

TEST_F(CsvLabels, PandasRowNumbersAreNoAttribute) {
  const Labels read = labels(",file,x\n0,a.png,1\n1,b.png,2\n2,\"c, d\",2\n");
  ASSERT_EQ(read.attributes.size(), 1U);
  EXPECT_EQ(read.attributes[0].name, "x");
  EXPECT_EQ(
      read.notice,
      csv_.string() + ": the first column, which numbers the rows and has no name, is left out");
}

TEST_F(CsvLabels, FaultsNameTheRow) {
  const std::string good = "file,x\na.png,1\nb.png,2\n";
  expect_fault(good + "a.png,3\n", "line 4: a second row for a.png; the first is " + csv_.string() +
                                       ": line 2; expected one");
  expect_fault("picture,x\nq.png,1\n",
               "no column names the images: the columns are picture, x, and an image is a.png; "
               "expected a column of file names, or data.labels: none");
  expect_fault("file,x\nq.png,1\n",
               "line 2: no row names an image: \"q.png\" in column \"file\", while an image is "
               "a.png; expected the names of the files, or data.labels: none");
  expect_fault("picture,x\nother/b.png,1\n",
               "line 2: no row names an image: \"other/b.png\" is in another folder than "
               "deep/b.png; expected data.dir to be the folder that the names start in");
  expect_fault(",x\n0,1.5\n",
               "no column names the images: the columns are x (a column that has no name and "
               "numbers the rows is left out), and an image is a.png; expected a column of file "
               "names, or data.labels: none");
  expect_fault("file,x\n", "no rows; expected one for each image");
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
