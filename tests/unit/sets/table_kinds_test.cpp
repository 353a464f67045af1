// Tables as people have them: missing values, pictures in rows, names that are numbers.
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/suggested_config.h"
#include "core/system/file.h"
#include "sets/missing_value.h"
#include "sets/table_rows.h"
#include "unit/datasets.h"
#include "unit/expect.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

class TableKinds : public testing::Test {
 protected:
  std::filesystem::path put(const std::string& text, const std::string& name = "x.csv") {
    write_file(folder_ / name, text);
    return folder_ / name;
  }
  // Half of the rows are for validation, which are the test rows too.
  std::unique_ptr<Dataset> open(const std::string& text, const std::string& more = "") {
    return open_dataset("\"name\": \"table\", \"validation\": 0.5, \"test\": 0" +
                        key("file", put(text)) + more);
  }
  static Tensor both(const Dataset& set) {
    const Examples train = set.load(Split::kTrain), other = set.load(Split::kValidation);
    const Tensor rows = torch::cat({train.pixels, other.pixels}).flatten(1);
    std::vector<int64_t> order(static_cast<size_t>(rows.size(0)));
    for (int64_t i = 0; i < rows.size(0); ++i) {
      const bool first = i < train.count();
      order[std::stoull(first ? train.name(i) : other.name(i - train.count()))] = i;
    }
    return rows.index_select(0, torch::tensor(order, at::kLong));
  }
  std::string file() { return (folder_ / "x.csv").string(); }

  TemporaryFolder folder_;
};

TEST(MissingValue, IsAWordForNothing) {
  for (const char* word : {"", "  ", "NaN", "nan", "NA", "n/a", "NULL", "?", " ? "})
    EXPECT_TRUE(is_missing(word)) << word;
  for (const char* word : {"0", "none", "-", "nano", "x"})
    EXPECT_FALSE(is_missing(word)) << word;
}

const std::string kGaps = "a,b,l\n1,10,x\n3,?,y\n,30,x\n5,50,\n";

TEST_F(TableKinds, MissingValuesAreCountedAndRefused) {
  expect_error([&] { open(kGaps, ", \"label\": \"l\""); },
               file() +
                   ": line 3: column b: no value; 2 of 4 rows lack one: data.missing: skip leaves "
                   "them out, mean puts the mean of the column there");
}

TEST_F(TableKinds, MissingValuesAreLeftOutOrFilled) {
  const auto skip = open(kGaps, ", \"label\": \"l\", \"scale\": \"none\", \"missing\": \"skip\"");
  expect_tensor_near(both(*skip), torch::tensor({{1, 10}, {5, 50}}), 0);
  EXPECT_TRUE(skip->notice().starts_with(file() + ": 2 of 4 rows lack a value and are left out; "));
  EXPECT_NE(skip->notice().find("; " + file() + ": 1 of 2 rows have no label (l)"),
            std::string::npos);
  const auto mean = open("a,b\n1,10\n1,?\n1,30\n1,50\n",
                         ", \"scale\": \"none\", \"missing\": \"mean\", \"split_seed\": 1");
  const Tensor rows = both(*mean), train = mean->load(Split::kTrain).pixels.flatten(1).select(1, 1);
  // The mean of the known values of the training rows.
  const Tensor known =
      train.masked_select(train.eq(10).logical_or(train.eq(30)).logical_or(train.eq(50)));
  expect_tensor_near(rows[1][1], known.mean(), 1e-5);
  expect_error([&] { open("a,b\n1,\n2,?\n", ", \"missing\": \"skip\""); },
               file() +
                   ": every row lacks a value; expected data.missing: mean, or data.columns "
                   "without the empty columns");
  expect_error([&] { open("a,b\n1,\n2,?\n", ", \"missing\": \"mean\""); },
               file() +
                   ": column b: no training row has a value; expected data.columns without "
                   "this column");
}

TEST_F(TableKinds, ATableThatNamesImagesIsRatherTheirLabels) {
  const auto set = open("image,age\na.png,3\nsub/b.JPG,4\n");
  EXPECT_NE(set->notice().find("column image names image files: latent data check FOLDER --set "
                               "data.labels=" +
                               file() + " reads the images of a folder with these labels"),
            std::string::npos)
      << set->notice();
  EXPECT_EQ(open("image,age\na.png,3\nb,4\n")->notice().find("names image files"),
            std::string::npos);
}

TEST_F(TableKinds, UnknownLabelsAreNan) {
  const Examples train =
      open("a,l\n1,?\n2,\n3,NA\n4,nan\n", ", \"label\": \"l\"")->load(Split::kTrain);
  EXPECT_TRUE(train.find("l")->values.isnan().all().item<bool>());
  const auto test = put("a\n7\n", "test.csv");
  const auto set = open("a,l\n1,x\n2,y\n", ", \"label\": \"l\"" + key("test_file", test));
  EXPECT_TRUE(std::isnan(set->load(Split::kTest).find("l")->values.item<double>()));
}

TEST_F(TableKinds, NumbersThatCountAreNames) {
  const auto named = open("0,1,2\n5,7,1\n2,2,2\n", ", \"scale\": \"none\"");
  expect_tensor_near(both(*named), torch::tensor({{5, 7, 1}, {2, 2, 2}}), 0);
  EXPECT_TRUE(named->notice().starts_with(
      file() +
      ": its first line, 0 to 2, is read as the names of the columns (data.header: no if "
      "it is a row)"));
  // Rows that count on, and first lines that count from 1 or are short, are data.
  EXPECT_EQ(both(*open("0,1,2\n3,4,5\n")).size(0), 2);
  EXPECT_EQ(both(*open("1,2,3\n5,7,1\n")).size(0), 2);
  EXPECT_EQ(both(*open("0,1\n5,7\n")).size(0), 2);
  EXPECT_EQ(both(*open("0,1,2\n5,7,1\n", ", \"header\": \"no\"")).size(0), 2);
}

TEST_F(TableKinds, NumbersThatCountBesideWordsAreNames) {
  const auto set = open("label,0,1,2\n5,9,7,1\n6,2,,2\n7,8,8,8\n",
                        ", \"scale\": \"none\", \"label\": \"label\", \"missing\": \"skip\"");
  expect_tensor_near(both(*set), torch::tensor({{9, 7, 1}, {8, 8, 8}}), 0);
  EXPECT_TRUE(set->notice().starts_with(
      file() +
      ": its first line, 0 to 2 beside words, is read as the names of the columns (data.header: "
      "no if it is a row)"))
      << set->notice();
  // The index of pandas, a word at the end, and a class of words.
  EXPECT_EQ(both(*open(",0,1,2\n0,5,7,1\n1,2,2,2\n")).size(0), 2);
  EXPECT_EQ(both(*open("0,1,2,class\n5,7,1,4\n2,2,2,5\n")).size(0), 2);
  std::string many = "animal", row = "cat";
  for (int i = 0; i < 16; ++i) {
    many += fmt::format(",{}", i);
    row += ",7";
  }
  EXPECT_EQ(both(*open(many + "\n" + row + "\n" + row + "\n")).size(0), 2);
  // Rows of a word and numbers.
  EXPECT_EQ(both(*open("cat,0,1,2\ndog,5,7,1\n")).size(0), 2);
  EXPECT_EQ(both(*open("cat,0,1\n3,5,7\n")).size(0), 2);
}

// Two rows of 64 pixels, a label first: 4 i and 255 - i.
std::string pixel_rows(const std::string& first, const std::string& second) {
  std::string text;
  for (const bool one : {true, false}) {
    text += one ? first : second;
    for (int i = 0; i < 64; ++i)
      text += fmt::format(",{}", one ? 4 * i : 255 - i);
    text += "\n";
  }
  return text;
}

TEST_F(TableKinds, RowsOfPixelsArePictures) {
  std::string header = "label";
  for (int i = 0; i < 64; ++i)
    header += ",pixel" + std::to_string(i);
  const std::string text = header + "\n" + pixel_rows("3", "7");
  const Json want{{"name", "table"}, {"file", file()}, {"shape", {8, 8}}, {"label", "label"}};
  put(text);
  EXPECT_EQ(suggested_data(file()), want);
  EXPECT_EQ(suggested_config({{"data", want}}, {1, 8, 8}, 100)["model"]["encoder"]["name"], "conv");
  const std::string shape = ", \"shape\": [8, 8], \"label\": \"label\"";
  const auto set = open(text, shape);
  const Examples train = set->load(Split::kTrain);
  EXPECT_EQ(train.shape(), (ImageShape{1, 8, 8}));
  EXPECT_FALSE(train.is_table());
  EXPECT_EQ(train.find("label")->classes, (std::vector<std::string>{"3", "7"}));
  expect_tensor_near(both(*set)[0].to(at::kInt), torch::arange(64) * 4, 0);
  expect_tensor_near(both(*open(text, shape + ", \"transpose\": true"))[1].to(at::kInt),
                     (255 - torch::arange(64)).view({8, 8}).t().flatten(), 0);
  EXPECT_EQ(open(text, shape + ", \"pad_to\": 12")->load(Split::kTrain).shape(),
            (ImageShape{1, 12, 12}));
  EXPECT_NE(open(text)->notice().find("column label is a value like the others (data.label: label "
                                      "makes it the label); its rows look like pictures of 8x8 "
                                      "(data.shape: [8, 8] makes them so)"),
            std::string::npos);
  expect_error([&] { open(text, ", \"label\": \"label\", \"pad_to\": 12"); },
               "x: data.pad_to: given for a table of numbers; expected data.shape with it, which "
               "makes pictures of the rows");
  expect_error([&] { open(text, shape + ", \"white\": 100"); },
               file() +
                   ": value 104 in image 0; expected 0 to 100; all values are from 0 to 255: set "
                   "data.white: 255 if these are black and white");
}

TEST_F(TableKinds, LabelsAreGuessedFromTheFirstRows) {
  const auto guess = [&](const std::string& text, const std::string& name) {
    Json data = suggested_data(put(text, name));
    data.erase("file");
    return data;
  };
  // Without names: the label beside the pixels, first or last.
  EXPECT_EQ(guess(pixel_rows("3", "7"), "emnist.csv"),
            (Json{{"name", "table"}, {"shape", {8, 8}}, {"transpose", true}, {"label", "1"}}));
  EXPECT_EQ(guess("1,0.5,0.25\n2,1.5,0.75\n", "CBF_TRAIN.tsv"),
            (Json{{"name", "table"}, {"label", "1"}}));
  EXPECT_EQ(guess("1,0.5,0.25\n2,1.5,0.75\n", "points.csv"), (Json{{"name", "table"}}));
  EXPECT_EQ(guess("x,Class\n1,2\n", "named.csv"), (Json{{"name", "table"}, {"label", "Class"}}));
  put("x,y\n1,2\n", "my_test.csv");
  EXPECT_EQ(guess("x,y\n1,2\n", "my_train.csv"),
            (Json{{"name", "table"}, {"test_file", (folder_ / "my_test.csv").string()}}));
  EXPECT_EQ(guess("x,z\n1,2\n", "my_train.csv"), (Json{{"name", "table"}}));
}

TEST_F(TableKinds, RowsOfOtherFilesAreReadWithoutTheTable) {
  const TableRows rows(
      {"a", "b"},
      TableScale(torch::tensor({1.0, 10.0}, at::kDouble), torch::tensor({2.0, 0.1}, at::kDouble)),
      torch::tensor({3.0, 10.5}, at::kDouble));
  const TableRows same = TableRows::parse(rows.text());
  const auto own = put("b,a\n10.1,5\n?,1\n", "own.csv");
  const Tensor want = torch::tensor({{2.0, 1.0}, {0.0, 5.0}});
  expect_tensor_near(same.read(own, {}).pixels.flatten(1), want, 1e-5);
  expect_error([] { TableRows::parse("{\"columns\": [\"a\"], \"mean\": [1], \"deviation\": []}"); },
               "the columns and the scale of a table: damaged; expected a list of names and as "
               "many means and deviations");
  const DatasetPlan plan =
      dataset_plan("\"name\": \"table\"" + key("file", put("a,b\n1,2\n3,5\n5,7\n")));
  expect_error([&] { plan.read_rows(own, ""); },
               own.string() +
                   ": line 3: column b: no value; expected a number (a run with "
                   "data.missing: mean fills it)");
}

}  // namespace
}  // namespace latent
