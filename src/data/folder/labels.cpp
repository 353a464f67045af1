#include "data/folder/labels.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "core/error.h"
#include "core/text/suggest.h"
#include "format/csv.h"

namespace latent {
namespace {

constexpr size_t kMaxColumnClasses = 1000;

const std::vector<std::string> kNameColumns{"file",     "filename", "file_name", "image",
                                            "image_id", "name",     "path"};

/// One column of the CSV, its values in the order of the images.
class Column {
 public:
  Column(std::string name, size_t images)
      : name_(std::move(name)), numbers_(images), words_(images) {}

  void set(size_t image, const std::string& field) {
    if (const auto number = numeric_ ? parse_number(field) : std::nullopt) {
      numbers_[image] = *number;
    } else {
      numeric_ = false;
    }
    // Numbers are kept as words too: a later row may show that the column holds words.
    if (!too_many_) words_[image] = ids_.try_emplace(field, ids_.size()).first->second;
    too_many_ = ids_.size() > kMaxColumnClasses;
  }

  /// Returns nothing if there are too many words.
  std::optional<Attribute> attribute() const {
    if (too_many_) return numeric_ ? std::optional(Attribute{name_, numbers(), {}}) : std::nullopt;
    std::set<std::string> different;
    for (const auto& [word, id] : ids_)
      different.insert(word);
    Attribute classes{name_, at::empty({static_cast<int64_t>(words_.size())}, at::kDouble),
                      class_names(different)};
    if (classes.classes.empty()) return Attribute{name_, numbers(), {}};
    std::vector<double> place(ids_.size());
    for (size_t i = 0; i < classes.classes.size(); ++i)
      place[ids_.at(classes.classes[i])] = static_cast<double>(i);
    double* value = classes.values.mutable_data_ptr<double>();
    for (const size_t id : words_)
      *value++ = place[id];
    return classes;
  }

  const std::string& name() const { return name_; }

 private:
  Tensor numbers() const {
    const Tensor values = at::tensor(numbers_, at::kDouble);
    const bool signs = std::all_of(numbers_.begin(), numbers_.end(),
                                   [](double value) { return value == 1 || value == -1; });
    return signs ? (values + 1) / 2 : values;
  }

  std::string name_;
  std::vector<double> numbers_;
  std::vector<size_t> words_;          // ids
  std::map<std::string, size_t> ids_;  // counted in order of appearance
  bool numeric_ = true;
  bool too_many_ = false;
};

/// Finds images by the names that people write into a CSV.
class ImageIndex {
 public:
  explicit ImageIndex(const std::vector<std::string>& names) {
    for (size_t i = 0; i < names.size(); ++i) {
      whole_.emplace(names[i], i);
      const auto [place, fresh] = last_.emplace(last_part(names[i]), i);
      if (!fresh) place->second = kAmbiguous;
    }
  }

  std::optional<size_t> find(const std::string& written) const {
    const std::string name = std::filesystem::path(written).lexically_normal().generic_string();
    if (const auto found = whole_.find(name); found != whole_.end()) return found->second;
    const auto found = last_.find(last_part(name));
    if (found == last_.end() || found->second == kAmbiguous) return std::nullopt;
    return found->second;
  }

 private:
  static constexpr size_t kAmbiguous = SIZE_MAX;

  static std::string last_part(const std::string& name) { return name.substr(name.rfind('/') + 1); }

  std::unordered_map<std::string, size_t> whole_, last_;
};

size_t name_column(const std::vector<std::string>& header, const std::string& file) {
  for (size_t i = 0; i < header.size(); ++i) {
    std::string lower = header[i];
    for (char& letter : lower)
      letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    if (std::find(kNameColumns.begin(), kNameColumns.end(), lower) != kNameColumns.end()) return i;
  }
  throw Error(file + ": no column of file names among " + join(header) + "; expected one called " +
              join(kNameColumns, ", "));
}

void expect_all_found(const std::vector<std::string>& lines, const std::vector<std::string>& names,
                      const std::string& file) {
  const auto missing = std::count(lines.begin(), lines.end(), "");
  if (missing == 0) return;
  const auto first = static_cast<size_t>(std::find(lines.begin(), lines.end(), "") - lines.begin());
  throw Error(fmt::format("{}: no row for {}{}; expected one for each image, or data.labels: none",
                          file, names[first],
                          missing > 1 ? fmt::format(" and {} more", missing - 1) : ""));
}

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

Labels labels_from_csv(const std::filesystem::path& csv, const std::vector<std::string>& names) {
  CsvReader reader(csv);
  const auto header = reader.read_header();
  const size_t file_column = name_column(header, csv.string());
  std::vector<Column> columns;
  for (const auto& name : header)
    columns.emplace_back(name, names.size());
  const ImageIndex index(names);
  std::vector<std::string> lines(names.size());  // where each image's row is
  int64_t absent = 0;
  std::string first_absent;
  for (std::vector<std::string> fields; reader.next(fields);) {
    const auto image = index.find(fields[file_column]);
    if (!image) {
      if (absent++ == 0) first_absent = reader.where() + ": \"" + fields[file_column] + "\"";
      continue;
    }
    if (!lines[*image].empty()) {
      throw Error(reader.where() + ": a second row for " + names[*image] + "; the first is " +
                  lines[*image]);
    }
    lines[*image] = reader.where();
    for (size_t i = 0; i < fields.size(); ++i) {
      if (i != file_column) columns[i].set(*image, fields[i]);
    }
  }
  expect_all_found(lines, names, csv.string());

  Labels labels;
  std::vector<std::string> notices;
  if (absent > 0)
    notices.push_back(
        fmt::format("{}: {} rows name no image; first {}", csv.string(), absent, first_absent));
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i == file_column) continue;
    if (auto attribute = columns[i].attribute()) {
      labels.attributes.push_back(std::move(*attribute));
    } else {
      notices.push_back(fmt::format("{}: column {} is skipped: more than {} different words",
                                    csv.string(), columns[i].name(), kMaxColumnClasses));
    }
  }
  labels.notice = join(notices, "\n");
  return labels;
}

}  // namespace latent
