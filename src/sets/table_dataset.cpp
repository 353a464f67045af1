// The data set `table`: rows of numbers from a CSV file, for 3-D points, sensor traces and the
// like; or pictures, a row each.
#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "data/locations.h"
#include "data/recognise.h"
#include "data/selection/random_split.h"
#include "sets/array_file.h"
#include "sets/idx_files.h"
#include "sets/registry.h"
#include "sets/table_guess.h"
#include "sets/table_labels.h"
#include "sets/table_options.h"
#include "sets/table_pictures.h"
#include "sets/table_rows.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr size_t kRowsOfGuess = 200;

TableFormat format_with(TableFormat format, const std::vector<std::string>& columns) {
  format.columns = columns;
  return format;
}

class TableDataset : public Dataset {
 public:
  TableDataset(TableOptions options, const Fit& fit) : options_(std::move(options)), fit_(fit) {
    expect_there(options_.file, options_.file_key, "file");
    const Table table = read_whole(options_.file, options_.format);
    if (!table.left_out.empty())
      notes_.push_back("columns of text, skipped: " + join(table.left_out));
    split_rows(table.values.size(0));
    Table test;
    if (!options_.test_file.empty()) {
      expect_there(options_.test_file, options_.test_file_key, "file");
      TableFormat format = format_with(options_.format, table.columns);
      format.label_may_lack = true;
      test = read_whole(options_.test_file, format);
    }
    if (options_.pictures()) {
      make_pictures(table, test);
    } else {
      make_rows(table, test);
    }
    if (!options_.format.label.empty()) add_labels(table, test);
    hint(table);
  }

  Examples load(Split split) const override {
    if (split == Split::kTrain) return rows_.select(train_);
    const bool test = split == Split::kTest ? has_test() : !validation_.defined();
    if (!test) return rows_.select(validation_);
    return options_.test_file.empty() ? rows_.select(test_) : test_rows_;
  }

  std::string notice() const override {
    std::vector<std::string> parts = notes_;
    if (!validation_.defined()) parts.emplace_back("the test rows serve as validation rows");
    if (!has_test()) parts.emplace_back("the validation rows serve as test rows");
    return join(parts, "; ");
  }

  std::string row_format() const override { return reader_ ? reader_->text() : ""; }

 private:
  bool has_test() const { return test_.defined() || !options_.test_file.empty(); }

  // A table and what `missing` makes of its rows, except for means.
  Table read_whole(const fs::path& path, const TableFormat& format) {
    Table table = read_table(path, format);
    notes_.insert(notes_.end(), table.notices.begin(), table.notices.end());
    if (table.first_missing.empty()) return table;
    const int64_t lacking = table.incomplete().sum().item<int64_t>(), all = table.values.size(0);
    if (options_.missing == "fail") {
      throw Error(fmt::format(
          "{}: no value; {} of {} rows lack one: data.missing: skip leaves them out, mean puts the "
          "mean of the column there",
          table.first_missing, lacking, all));
    }
    const bool skip = options_.missing == "skip";
    if (skip && lacking == all) {
      throw Error(path.string() +
                  ": every row lacks a value; expected data.missing: mean, or data.columns without "
                  "the empty columns");
    }
    notes_.push_back(fmt::format("{}: {} of {} rows lack a value{}", path.string(), lacking, all,
                                 skip ? " and are left out" : ": the mean of its column is there"));
    return skip ? table.complete() : table;
  }

  // Means over the training rows, if missing values are filled; else undefined.
  Tensor means_of(const Table& table) const {
    if (options_.missing != "mean") return {};
    const Tensor means = table.values.index_select(0, train_).nanmean(0);
    if (!means.isnan().any().item<bool>()) return means;
    const auto column = static_cast<size_t>(means.isnan().to(at::kByte).argmax().item<int64_t>());
    throw Error(options_.file + ": column " + table.columns[column] +
                ": no training row has a value; expected data.columns without this column");
  }

  void make_rows(const Table& table, const Table& test) {
    const Tensor means = means_of(table);
    Tensor train = table.values.index_select(0, train_);
    if (means.defined()) train = at::where(train.isnan(), means.expand_as(train), train);
    const TableScale scale(options_.scale, train);
    std::vector<std::string> constant;
    for (const int64_t place : scale.constant_columns())
      constant.push_back(table.columns[static_cast<size_t>(place)]);
    if (!constant.empty())
      notes_.push_back("columns that are constant over the training rows: " + join(constant));
    reader_.emplace(table.columns, scale, means);
    rows_.pixels = reader_->pixels(table.values);
    if (test.values.defined()) test_rows_.pixels = reader_->pixels(test.values);
  }

  void make_pictures(const Table& table, const Table& test) {
    Extent extent;
    extent.add(table.values);
    if (test.values.defined()) extent.add(test.values);
    const PixelRange range = range_of_rows(options_.range, extent);
    const Tensor means = means_of(table);
    const auto pictures = [&](const fs::path& path, const Tensor& values) {
      const Tensor filled =
          means.defined() ? at::where(values.isnan(), means.expand_as(values), values) : values;
      return fit_.apply(table_pictures(path.string(), filled, options_.picture, range, extent));
    };
    rows_.pixels = pictures(options_.file, table.values);
    if (test.values.defined()) test_rows_.pixels = pictures(options_.test_file, test.values);
    if (options_.range.white != 0) return;
    const std::string dark = dark_warning(options_.file, extent, range);
    if (!dark.empty()) notes_.push_back(dark);
  }

  void add_labels(const Table& table, const Table& test) {
    std::vector<std::string> all = table.labels;
    all.insert(all.end(), test.labels.begin(), test.labels.end());
    const TableLabels labels(options_.format.label, all);
    rows_.attributes.push_back(labels.attribute(table.labels));
    if (!test.labels.empty()) test_rows_.attributes.push_back(labels.attribute(test.labels));
    const auto unknown = rows_.attributes[0].values.isnan().sum().item<int64_t>();
    if (unknown > 0)
      notes_.push_back(fmt::format("{}: {} of {} rows have no label ({})", options_.file, unknown,
                                   table.labels.size(), options_.format.label));
  }

  // Says what a table without a label or a shape probably is.
  void hint(const Table& table) {
    const TableHead head = read_head(options_.file, kRowsOfGuess);
    const TableGuess guess = guess_table(head, options_.file);
    if (const std::string named = column_of_images(head); !named.empty()) {
      notes_.push_back(
          fmt::format("column {} names image files: latent data check FOLDER --set data.labels={} "
                      "reads the images of a folder with these labels",
                      named, options_.file));
    }
    const auto& columns = table.columns;
    const bool seen = std::find(columns.begin(), columns.end(), guess.label) != columns.end();
    if (seen && options_.format.label.empty()) {
      notes_.push_back(
          fmt::format("column {0} is a value like the others (data.label: {0} makes it the label)",
                      guess.label));
    }
    if (guess.shape.empty() || options_.pictures()) return;
    notes_.push_back(
        fmt::format("its rows look like pictures of {0}x{1} (data.shape: [{0}, {1}] makes them so)",
                    guess.shape[0], guess.shape[1]));
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
  Fit fit_;
  std::vector<std::string> notes_;
  std::optional<TableRows> reader_;   // of rows that are no pictures
  Tensor train_, validation_, test_;  // rows of each split; undefined: another one serves
  Examples rows_, test_rows_;
};

}  // namespace

DatasetPlan configure_table(Section& data) {
  const TableOptions options = TableOptions::read(data);
  const Fit fit(data);
  expect_no_picture_keys(data, options, fit);
  DatasetPlan plan;
  plan.open = [=] { return std::make_unique<TableDataset>(options, fit); };
  if (options.pictures()) {
    plan.fit = [fit](const Tensor& pixels) { return fit.apply(pixels); };
    plan.read_array = [elsewhere =
                           ArrayFileOptions{{options.picture, options.range}, options.format}](
                          const std::string& file) { return read_array_file(file, elsewhere); };
    return plan;
  }
  plan.read_rows = [=](const fs::path& path, const std::string& format) {
    const std::string known = format.empty() ? TableDataset(options, fit).row_format() : format;
    return TableRows::parse(known).read(path, options.format);
  };
  return plan;
}

std::optional<Json> recognise_table(const fs::path& path) {
  const bool any_text = is_file_called(path, ".txt");  // a table if it has columns
  if (!is_file_called(path, ".csv") && !is_file_called(path, ".tsv") && !any_text)
    return std::nullopt;
  Json data{{"name", "table"}, {"file", path.string()}};
  try {
    const TableHead head = read_head(path, kRowsOfGuess);
    if (any_text && head.names.size() < 2) return std::nullopt;
    const TableGuess guess = guess_table(head, path);
    const fs::path test = test_table_beside(path, head);
    std::vector<std::string> said;
    if (!guess.shape.empty()) {
      data["shape"] = guess.shape;
      said.push_back(fmt::format("its rows are read as pictures of {}x{} (data.shape)",
                                 guess.shape[0], guess.shape[1]));
      if (is_emnist(path)) data["transpose"] = true;
    }
    if (!guess.label.empty()) {
      data["label"] = guess.label;
      said.push_back("column " + guess.label + " as the label (data.label)");
    }
    if (!test.empty()) {
      data["test_file"] = test.string();
      said.push_back(test.string() + " as its test rows (data.test_file)");
    }
    if (!said.empty()) log::info("{}: {}", path.string(), join(said, "; "));
  } catch (const Error&) {
    if (any_text) return std::nullopt;
    // Whoever opens it says what is wrong.
  }
  return data;
}

}  // namespace latent
