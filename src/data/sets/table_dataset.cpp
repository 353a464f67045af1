// The data set `table`: rows of numbers from a CSV file, for 3-D points, sensor traces and the
// like.
#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/text/suggest.h"
#include "data/locations.h"
#include "data/random_split.h"
#include "data/recognise.h"
#include "data/registry.h"
#include "data/sets/table.h"
#include "data/sets/table_labels.h"
#include "data/sets/table_scale.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct TableOptions {
  std::string file, test_file;
  TableFormat format;
  std::string scale = "columns";
  double validation = 0.1, test = 0.1;
  int64_t split_seed = 0;
  std::string file_key, test_file_key, validation_key, test_key;
};

TableOptions read_table_options(Section& data) {
  TableOptions options;
  data.read("file", options.file, "CSV file of the rows; required");
  data.read("test_file", options.test_file,
            "CSV file of the test rows; by default the fraction `test` of the rows");
  data.read("header", options.format.header, OneOf{{"auto", "yes", "no"}},
            "whether the first line names the columns; auto: if there is no number in it; columns "
            "without names are called 1, 2, 3, ...");
  data.read("columns", options.format.columns,
            "columns that the model sees; []: all whose first value is a number, except the label");
  data.read("label", options.format.label, "column of classes or values the model does not see");
  data.read("scale", options.scale, OneOf{{"columns", "global", "none"}},
            "columns: each to mean 0 and standard deviation 1 over the training rows, which suits "
            "the gaussian likelihood with sigma 1 and linear output; global: all values together, "
            "which keeps their proportions; none: unchanged");
  data.read(
      "validation", options.validation, from_below(0, 1),
      "fraction of the rows held out for validation; 0: the test rows are used for validation");
  data.read("test", options.test, from_below(0, 1),
            "fraction of the rows held out as test rows if there is no test_file; 0: the "
            "validation rows are used for test");
  data.read("split_seed", options.split_seed, at_least(0),
            "seed that draws the validation rows and the test rows");
  options.format.columns_key = data.where("columns");
  options.format.label_key = data.where("label");
  options.file_key = data.where("file");
  options.test_file_key = data.where("test_file");
  options.validation_key = data.where("validation");
  options.test_key = data.where("test");
  if (!options.test_file.empty()) options.test = 0;
  return options;
}

void check_options(const TableOptions& options, Section& data) {
  if (options.file.empty()) data.missing("file", "a CSV file");
  if (options.validation == 0 && options.test == 0 && options.test_file.empty()) {
    throw Error(options.validation_key +
                ": 0 leaves no rows to validate on; expected validation, test or test_file");
  }
  if (options.validation + options.test >= 1) {
    throw Error(
        fmt::format("{}: {} and validation {} leave no training rows; expected a sum below "
                    "1",
                    options.test_key, options.test, options.validation));
  }
  const auto& columns = options.format.columns;
  if (std::set<std::string>(columns.begin(), columns.end()).size() != columns.size())
    throw Error(options.format.columns_key + ": one column twice; expected each once");
  if (std::find(columns.begin(), columns.end(), options.format.label) != columns.end()) {
    throw Error(options.format.columns_key + ": holds the label " + options.format.label +
                "; expected columns that the model sees");
  }
}

Tensor as_pixels(const Tensor& values) {  // [N, 1, D, 1]
  return values.view({values.size(0), 1, values.size(1), 1});
}

class TableDataset : public Dataset {
 public:
  explicit TableDataset(TableOptions options) : options_(std::move(options)) {
    expect_there(options_.file, options_.file_key, "file");
    const Table table = read_table(options_.file, options_.format);
    left_out_ = table.left_out;
    notices_ = table.notices;
    columns_ = table.columns;
    split_rows(table.values.size(0));
    const TableScale scale(options_.scale, table.values.index_select(0, train_));
    for (const int64_t place : scale.constant_columns())
      constant_.push_back(columns_[static_cast<size_t>(place)]);
    scale_ = std::make_unique<TableScale>(scale);
    rows_.pixels = as_pixels(scale.apply(table.values));
    std::vector<std::string> all = table.labels, test_labels;
    if (!options_.test_file.empty()) {
      expect_there(options_.test_file, options_.test_file_key, "file");
      const Table test = read_table(options_.test_file, format_of_others());
      test_rows_.pixels = as_pixels(scale.apply(test.values));
      test_labels = test.labels;
      all.insert(all.end(), test_labels.begin(), test_labels.end());
    }
    if (table.labels.empty()) return;
    const TableLabels labels(options_.format.label, all);
    rows_.attributes.push_back(labels.attribute(table.labels));
    if (!test_labels.empty()) test_rows_.attributes.push_back(labels.attribute(test_labels));
  }

  Examples load(Split split) const override {
    if (split == Split::kTrain) return rows_.select(train_);
    const bool test = split == Split::kTest ? has_test() : !validation_.defined();
    if (!test) return rows_.select(validation_);
    return options_.test_file.empty() ? rows_.select(test_) : test_rows_;
  }

  std::string notice() const override {
    std::vector<std::string> parts = notices_;
    const auto say = [&](const std::vector<std::string>& columns, const std::string& what) {
      if (!columns.empty()) parts.push_back(what + join(columns));
    };
    say(left_out_, "columns of text, skipped: ");
    say(constant_, "columns that are constant over the training rows: ");
    if (!validation_.defined()) parts.emplace_back("the test rows serve as validation rows");
    if (!has_test()) parts.emplace_back("the validation rows serve as test rows");
    return join(parts, "; ");
  }

  // Rows of another file, which needs no labels.
  Examples read_rows(const fs::path& path) const {
    TableFormat format = format_of_others();
    format.label.clear();
    Examples examples;
    examples.pixels = as_pixels(scale_->apply(read_table(path, format).values));
    return examples;
  }

 private:
  bool has_test() const { return test_.defined() || !options_.test_file.empty(); }

  TableFormat format_of_others() const {
    TableFormat format = options_.format;
    format.columns = columns_;
    return format;
  }

  void split_rows(int64_t count) {
    const auto seed = static_cast<uint64_t>(options_.split_seed);
    train_ = torch::arange(count, at::kLong);
    if (options_.test > 0) {
      const HoldOut parts = hold_out(count, options_.test, seed, options_.test_key);
      train_ = parts.train;
      test_ = parts.validation;
    }
    if (options_.validation == 0) return;
    const double fraction = options_.validation / (1 - options_.test);  // of the rows left
    const HoldOut parts = hold_out(train_.numel(), fraction, seed, options_.validation_key);
    validation_ = train_.index_select(0, parts.validation);
    train_ = train_.index_select(0, parts.train);
  }

  TableOptions options_;
  std::vector<std::string> columns_, left_out_, constant_, notices_;
  std::unique_ptr<TableScale> scale_;
  Tensor train_, validation_, test_;  // rows of each split; undefined: another one serves
  Examples rows_, test_rows_;
};

}  // namespace

DatasetPlan configure_table(Section& data) {
  const TableOptions options = read_table_options(data);
  check_options(options, data);
  return {.open = [=] { return std::make_unique<TableDataset>(options); },
          .fit = {},
          .read_rows = [=](const fs::path& path) { return TableDataset(options).read_rows(path); }};
}

std::optional<Json> recognise_table(const fs::path& path) {
  if (!is_file_called(path, ".csv")) return std::nullopt;
  return Json{{"name", "table"}, {"file", path.string()}};
}

}  // namespace latent
