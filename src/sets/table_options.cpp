#include "sets/table_options.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <set>

#include "core/error.h"

namespace latent {
namespace {

TableOptions read_keys(Section& data) {
  TableOptions options;
  data.read("file", options.file, "CSV file of the rows; required", OnResume::kSameData);
  data.read("test_file", options.test_file,
            "CSV file of the test rows; by default the fraction `test` of the rows",
            OnResume::kSameData);
  data.read("header", options.format.header, OneOf{{"auto", "yes", "no"}},
            "whether the first line names the columns; auto: if there is no number in it, or if it "
            "is 0, 1, 2, ..., perhaps with a name before or after; columns without names are "
            "called 1, 2, 3, ...");
  data.read("columns", options.format.columns,
            "columns that the model sees; []: all whose first value is a number, except the label");
  data.read("label", options.format.label, "column of classes or values the model does not see");
  data.read("scale", options.scale, OneOf{{"columns", "global", "none"}},
            "columns: each to mean 0 and standard deviation 1 over the training rows, which suits "
            "the gaussian likelihood with sigma 1 and linear output; global: all values together, "
            "which keeps their proportions; none: unchanged");
  data.read(
      "missing", options.missing, OneOf{{"fail", "skip", "mean"}},
      "what to do with a value that is blank, NaN, NA, null or ?: stop, leave its row out, or "
      "put the mean of the column's training rows there; missing labels are unknown");
  options.picture.read_of_rows(data);
  options.range.read(data);
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

}  // namespace

TableOptions TableOptions::read(Section& data) {
  TableOptions options = read_keys(data);
  check_options(options, data);
  return options;
}

void expect_no_picture_keys(Section& data, const TableOptions& options, const Fit& fit) {
  if (options.pictures()) return;
  const auto refuse = [&](const std::string& key, bool given) {
    if (!given) return;
    throw Error(data.where(key) +
                ": given for a table of numbers; expected data.shape with it, which makes pictures "
                "of the rows");
  };
  refuse("white", options.range.white != 0);
  refuse("black", options.range.black != 0);
  refuse("transpose", options.picture.transpose);
  refuse("size", !fit.size().empty());
  refuse("pad_to", fit.pads());
}

}  // namespace latent
