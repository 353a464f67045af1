// The data set table: CSV files, scales, splits and labels.
#include <spdlog/fmt/fmt.h>

#include "core/system/file.h"
#include "sets/table_scale.h"
#include "unit/datasets.h"
#include "unit/expect.h"

namespace latent {
namespace {

class TableTest : public testing::Test {
 protected:
  std::filesystem::path put(const std::string& text, const std::string& name = "x.csv") {
    write_file(folder_ / name, text);
    return folder_ / name;
  }
  std::string keys(const std::string& text, const std::string& more) {
    return "\"name\": \"table\"" + key("file", put(text)) + more;
  }
  std::unique_ptr<Dataset> open(const std::string& text, const std::string& more = "") {
    return open_dataset(keys(text, more));
  }
  // All rows in the file's order, whatever their split.
  Tensor rows(const Dataset& set) {
    std::vector<std::pair<std::string, Tensor>> all;
    for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
      const Examples examples = set.load(split);
      for (int64_t i = 0; i < examples.count(); ++i)
        all.emplace_back(examples.name(i), examples.pixels[i].flatten());
    }
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Tensor> values;
    for (const auto& [name, row] : all)
      values.push_back(row);
    return torch::stack(values);
  }
  void expect_refused(const std::string& text, const std::string& more,
                      const std::string& message) {
    expect_error([&] { open(text, more); }, message);
  }
  std::string file() { return (folder_ / "x.csv").string(); }

  TemporaryFolder folder_;
};

// Ten rows: number, ten times it, a word.
const std::string kNamed =
    "a,b,kind\n0,0,x\n1,10,y\n2,20,x\n3,30,y\n4,40,x\n5,50,y\n6,60,x\n7,70,y\n8,80,x\n9,90,y\n";

TEST_F(TableTest, GivesEveryRowToOneSplit) {
  const auto set = open(kNamed, ", \"scale\": \"none\", \"validation\": 0.2, \"test\": 0.3");
  EXPECT_EQ(set->load(Split::kTrain).count(), 5);
  EXPECT_EQ(set->load(Split::kValidation).count(), 2);
  EXPECT_EQ(set->load(Split::kTest).count(), 3);
  EXPECT_EQ(set->load(Split::kTrain).shape(), (ImageShape{1, 1, 2}));
  EXPECT_TRUE(set->load(Split::kTrain).is_table());
  const Tensor number = torch::arange(10);
  expect_tensor_near(rows(*set), torch::stack({number, number * 10}, 1), 0);
  EXPECT_EQ(set->notice(), "columns of text, skipped: kind");
  const auto other = open(kNamed, ", \"validation\": 0.2, \"test\": 0.3, \"split_seed\": 1");
  EXPECT_NE(set->load(Split::kTrain).names, other->load(Split::kTrain).names);
}

TEST_F(TableTest, OneSplitServesAsAnother) {
  const auto no_test = open(kNamed, ", \"columns\": [\"a\"], \"test\": 0");
  EXPECT_EQ(no_test->load(Split::kTest).names, no_test->load(Split::kValidation).names);
  EXPECT_EQ(no_test->notice(), "the validation rows serve as test rows");
  const auto no_validation = open(kNamed, ", \"columns\": [\"a\"], \"validation\": 0");
  EXPECT_EQ(no_validation->load(Split::kTest).names, no_validation->load(Split::kValidation).names);
  EXPECT_EQ(no_validation->notice(), "the test rows serve as validation rows");
}

TEST_F(TableTest, ScalesByTheTrainingRows) {
  const auto set = open(kNamed);
  const Tensor train = set->load(Split::kTrain).pixels.flatten(1).to(at::kDouble);  // [8, 2]
  expect_tensor_near(train.mean(0), torch::zeros(2), 1e-6);
  expect_tensor_near(train.std(0, false), torch::ones(2), 1e-6);
  // Another row is on the same line: the scale is that of the training rows, not its own.
  const Tensor all = rows(*set).to(at::kDouble);
  const Tensor step = all[1] - all[0];
  expect_tensor_near(all, all[0] + torch::arange(10).unsqueeze(1) * step, 1e-5);
}

TEST(TableScale, HasThreeKinds) {
  const Tensor values = torch::tensor({{0.0, 5.0}, {2.0, 5.0}});
  const TableScale columns("columns", values), global("global", values), none("none", values);
  EXPECT_EQ(columns.constant_columns(), std::vector<int64_t>{1});
  expect_tensor_near(columns.apply(values), torch::tensor({{-1, 0}, {1, 0}}), 1e-7);
  // Mean 3, variance (9 + 4 + 1 + 4) / 4.
  expect_tensor_near(global.apply(values), (values - 3) / std::sqrt(4.5), 1e-6);
  expect_tensor_near(none.apply(values), values, 0);
  EXPECT_EQ(none.apply(values).scalar_type(), at::kFloat);
  const Tensor same = torch::full({3, 2}, 7.0, at::kDouble);
  expect_tensor_near(TableScale("global", same).apply(same), torch::zeros({3, 2}), 0);
  // Large numbers that differ little are not constant.
  const Tensor times = torch::tensor({{1.7e9}, {1.7e9 + 2}}, at::kDouble);
  expect_tensor_near(TableScale("columns", times).apply(times), torch::tensor({{-1}, {1}}), 1e-6);
}

TEST_F(TableTest, FindsTheLineOfNames) {
  const std::string plain = "1,2\n3,4\n5,6\n";
  expect_tensor_near(rows(*open(plain, ", \"scale\": \"none\"")),
                     torch::tensor({{1, 2}, {3, 4}, {5, 6}}), 0);
  expect_tensor_near(rows(*open("0,1\n" + plain, ", \"scale\": \"none\", \"header\": \"yes\"")),
                     torch::tensor({{1, 2}, {3, 4}, {5, 6}}), 0);
  expect_tensor_near(rows(*open(plain, ", \"scale\": \"none\", \"columns\": [\"2\", \"1\"]")),
                     torch::tensor({{2, 1}, {4, 3}, {6, 5}}), 0);
}

TEST_F(TableTest, TakesTestRowsFromTheirOwnFile) {
  const auto test = put("kind,b,a\nz,7,6\ny,9,8\n", "test.csv");
  const auto set =
      open(kNamed, ", \"label\": \"kind\", \"scale\": \"none\"" + key("test_file", test));
  expect_tensor_near(set->load(Split::kTest).pixels.flatten(1), torch::tensor({{6, 7}, {8, 9}}), 0);
  EXPECT_EQ(set->load(Split::kTrain).count(), 9);
  // Classes of both files, so that y is the same number in both.
  const Examples train = set->load(Split::kTrain), held_out = set->load(Split::kTest);
  EXPECT_EQ(train.find("kind")->classes, (std::vector<std::string>{"x", "y", "z"}));
  expect_tensor_near(held_out.find("kind")->values, torch::tensor({2, 1}), 0);
}

TEST_F(TableTest, LabelsAreClassesOrNumbers) {
  const auto label = [&](const std::string& text) {
    return *open("x,l\n" + text, ", \"label\": \"l\", \"validation\": 0.2, \"test\": 0")
                ->load(Split::kTrain)
                .find("l");
  };
  EXPECT_EQ(label("1,10\n2,9\n3,10\n4,9\n").classes, (std::vector<std::string>{"9", "10"}));
  EXPECT_TRUE(label("1,0.5\n2,9\n3,10\n4,9\n").classes.empty());
  EXPECT_TRUE(label("1,0\n2,1\n3,1\n4,0\n").classes.empty()) << "no and yes";
  std::string hours;
  for (int i = 0; i < 31; ++i)
    hours += fmt::format("{},{}\n", i, 10 * i);
  EXPECT_TRUE(label(hours).classes.empty()) << "so many amounts, not classes";
}

TEST_F(TableTest, ReadsRowsFromElsewhere) {
  const DatasetPlan plan = dataset_plan(keys(kNamed, ", \"label\": \"kind\""));
  EXPECT_TRUE(plan.is_table());
  const Tensor all = rows(*plan.open());
  const Examples own = plan.read_rows(put("extra,b,a\nq,30,3\nr,90,9\n", "own.csv"), "");
  expect_tensor_near(own.pixels.flatten(1), torch::stack({all[3], all[9]}), 0);
  // Without names they are taken in order.
  expect_tensor_near(plan.read_rows(put("3,30\n", "own.csv"), "").pixels.flatten(), all[3], 0);
  expect_error([&] { plan.read_rows(put("a,c\n1,2\n", "own.csv"), ""); },
               "x: data.columns: no column \"b\" in " + (folder_ / "own.csv").string() +
                   "; did you mean a? known: a, c");
}

TEST_F(TableTest, ExplainsWrongKeys) {
  expect_error([] { open_dataset("\"name\": \"table\""); },
               "x: data.file: missing; expected a CSV file");
  expect_refused(kNamed, ", \"augment\": {\"flip\": true}",
                 "x: data.augment: given for a table; expected a data set of images");
  expect_refused(
      kNamed, ", \"validation\": 0, \"test\": 0",
      "x: data.validation: 0 leaves no rows to validate on; expected validation, test or "
      "test_file");
  expect_refused(
      kNamed, ", \"validation\": 0.5, \"test\": 0.5",
      "x: data.test: 0.5 and validation 0.5 leave no training rows; expected a sum below "
      "1");
  expect_refused(kNamed, ", \"columns\": [\"a\", \"a\"]",
                 "x: data.columns: one column twice; expected each once");
  expect_refused(kNamed, ", \"columns\": [\"a\", \"b\"], \"label\": \"b\"",
                 "x: data.columns: holds the label b; expected columns that the model sees");
  expect_refused(
      kNamed, ", \"columns\": [\"kin\"]",
      "x: data.columns: no column \"kin\" in " + file() + "; did you mean kind? known: a, b, kind");
  expect_refused(kNamed, ", \"label\": \"class\"",
                 "x: data.label: no column \"class\" in " + file() + "; known: a, b, kind");
}

TEST_F(TableTest, NamesTheLineThatIsWrong) {
  expect_refused("a,b\n1,2\n3,many\n", "",
                 file() +
                     ": line 3: column b: got \"many\"; expected a number, or data.columns "
                     "without this column");
  expect_refused("", "", file() + ": empty; expected a line of numbers for each example");
  expect_refused("a,b\n", "", file() + ": no rows; expected numbers below the names");
  expect_refused("a,b\nx,y\n", "", file() + ": no column of numbers; expected a row an example");
  expect_refused("a,b\n1,2\n3\n", "",
                 file() + ": line 3: 1 fields; expected 2 as in the first line");
  expect_error([] { open_dataset("\"name\": \"table\", \"file\": \"/nowhere.csv\""); },
               "x: data.file: /nowhere.csv: no such file; expected the path of a file");
}

}  // namespace
}  // namespace latent
