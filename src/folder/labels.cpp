#include "folder/labels.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/text/suggest.h"
#include "core/text/utf8.h"
#include "folder/image_names.h"
#include "folder/label_column.h"
#include "folder/name_column.h"
#include "format/csv.h"

namespace latent {
namespace {

constexpr size_t kMaxListed = 10;  // columns with unknown values that the notice names

// Columns of a table without a header are called by their places; a single label is "label".
std::vector<std::string> numbered_columns(size_t count) {
  std::vector<std::string> names;
  for (size_t i = 1; i <= count; ++i)
    names.push_back(count == 2 ? "label" : std::to_string(i));
  return names;
}

bool is_utf8(const std::string& text) {
  constexpr char32_t kMalformed = 0xfffd;
  for (size_t at = 0; at < text.size();) {
    if (next_code_point(text, at) == kMalformed) return false;
  }
  return true;
}

/// Reads the rows of a table of labels.
class LabelTable {
 public:
  LabelTable(const std::filesystem::path& csv, const std::vector<std::string>& names,
             const CsvLabelOptions& options)
      : reader_(csv), csv_(csv.string()), images_(names), index_(names), lines_(names.size()) {
    const NameColumn found =
        find_name_column(csv, names, index_, options.name_column, options.name_column_key);
    place_ = found.place;
    notices_ = reader_.notices();
    if (!found.notice.empty()) notices_.push_back(found.notice);
    std::vector<std::string> fields;
    if (!found.header) {
      reader_.next(fields);
      notices_.push_back(csv_ + ": the first line names an image, so the columns have no names");
    }
    const auto header = found.header ? reader_.read_header() : numbered_columns(fields.size());
    for (const auto& name : header)
      columns_.emplace_back(name, names.size(), options.unknown);
    if (!found.header) add(fields);
    while (reader_.next(fields))
      add(fields);
  }

  Labels labels() {
    tell_absent();
    Labels labels;
    std::vector<std::string> unknown, skipped;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i == place_) continue;
      if (auto attribute = columns_[i].attribute()) {
        labels.attributes.push_back(std::move(*attribute));
        const std::string text = columns_[i].unknown_text();
        if (!text.empty()) unknown.push_back(text);
      } else {
        skipped.push_back(csv_ + ": " + columns_[i].why_skipped());
      }
    }
    tell_unknown(std::move(unknown));
    notices_.insert(notices_.end(), skipped.begin(), skipped.end());
    if (labels.attributes.empty()) notices_.push_back(csv_ + ": no column of labels");
    labels.notice = join(notices_, "\n");
    return labels;
  }

 private:
  void add(const std::vector<std::string>& fields) {
    const std::string& written = fields[place_];
    const auto found = index_.find(written);
    if (found.outcome == ImageNames::Outcome::kSeveral) {
      const auto [first, second] = std::minmax(images_[found.image], images_[found.other]);
      throw Error(fmt::format(
          "{}: \"{}\" may be {} or {}; expected exact names, with folders as far as images share "
          "names",
          reader_.where(), written, first, second));
    }
    if (found.outcome == ImageNames::Outcome::kNone) {
      if (absent_++ == 0) first_absent_ = describe_absent(written);
      foreign_ = foreign_ || !is_utf8(written);
      return;
    }
    std::string& line = lines_[found.image];
    if (!line.empty()) {
      throw Error(fmt::format("{}: a second row for {}; the first is {}; expected one",
                              reader_.where(), images_[found.image], line));
    }
    line = reader_.where();
    for (size_t i = 0; i < fields.size(); ++i) {
      if (i != place_) columns_[i].set(found.image, fields[i]);
    }
  }

  std::string describe_absent(const std::string& written) const {
    const auto elsewhere = index_.find_elsewhere(written);
    const bool there = elsewhere.outcome != ImageNames::Outcome::kNone;
    return fmt::format("{}: \"{}\"{}", reader_.where(), without_controls(written, true),
                       there ? ", but " + images_[elsewhere.image] + " is in another folder" : "");
  }

  void tell_absent() {
    if (absent_ > 0) {
      notices_.push_back(fmt::format(
          "{}: {} no image; first {}{}", csv_,
          absent_ == 1 ? "1 row names" : fmt::format("{} rows name", absent_), first_absent_,
          foreign_ ? "; the file is not UTF-8 text: save it as \"CSV UTF-8\"" : ""));
    }
    const auto missing = std::count(lines_.begin(), lines_.end(), "");
    if (missing == 0) return;
    const auto first =
        static_cast<size_t>(std::find(lines_.begin(), lines_.end(), "") - lines_.begin());
    notices_.push_back(
        fmt::format("{}: no row for {} of {} images, whose labels are unknown; first {}", csv_,
                    missing, lines_.size(), images_[first]));
  }

  void tell_unknown(std::vector<std::string> columns) {
    if (columns.empty()) return;
    const size_t more = columns.size() - std::min(columns.size(), kMaxListed);
    columns.resize(columns.size() - more);
    if (more > 0) columns.push_back(fmt::format("and of {} more columns", more));
    notices_.push_back(fmt::format("{}: unknown values: {}; data.unknown lists the words for them",
                                   csv_, join(columns)));
  }

  CsvReader reader_;
  std::string csv_;
  const std::vector<std::string>& images_;
  ImageNames index_;
  std::vector<std::string> lines_;  // where each image's row is
  size_t place_ = 0;                // of the column of names
  std::vector<LabelColumn> columns_;
  std::vector<std::string> notices_;
  int64_t absent_ = 0;
  bool foreign_ = false;  // a name of no image is not UTF-8 text
  std::string first_absent_;
};

}  // namespace

Labels labels_from_folders(const std::vector<std::string>& names) {
  std::vector<std::string> words;
  for (const auto& name : names) {
    const size_t slash = name.find('/');
    words.push_back(slash == std::string::npos ? "(none)" : name.substr(0, slash));
  }
  const std::set<std::string> classes(words.begin(), words.end());
  if (classes == std::set<std::string>{"(none)"}) return {};
  Attribute label{"label",
                  at::empty({static_cast<int64_t>(names.size())}, at::kDouble),
                  {classes.begin(), classes.end()}};
  double* value = label.values.mutable_data_ptr<double>();
  for (const auto& word : words) {
    *value++ = static_cast<double>(
        std::lower_bound(label.classes.begin(), label.classes.end(), word) - label.classes.begin());
  }
  return {.attributes = {label}, .notice = ""};
}

std::vector<std::string> CsvLabelOptions::default_unknown() {
  std::vector<std::string> words = unknown_words();
  words.emplace_back("-1");
  return words;
}

Labels labels_from_csv(const std::filesystem::path& csv, const std::vector<std::string>& names,
                       const CsvLabelOptions& options) {
  return LabelTable(csv, names, options).labels();
}

}  // namespace latent
