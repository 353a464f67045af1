#include "folder/name_column.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/error.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "format/csv.h"

namespace latent {
namespace {

using Outcome = ImageNames::Outcome;

constexpr size_t kRowsAtOnce = 2000;  // after so many rows the columns are compared
constexpr size_t kSureMatches = 10;
constexpr size_t kLongestQuote = 60;

bool is_usual_name(const std::string& name) {
  static const std::vector<std::string> usual{"file",     "filename", "file_name", "image",
                                              "image_id", "name",     "path"};
  return std::find(usual.begin(), usual.end(), lower_case(name)) != usual.end();
}

/// How many images the values of a column name.
class Matches {
 public:
  explicit Matches(size_t images) : seen_(images) {}

  void add(const ImageNames::Found& found) {
    if (found.outcome == Outcome::kNone) return;
    ++rows_;
    exact_ += found.exact ? 1 : 0;
    if (!seen_[found.image]) ++images_;
    seen_[found.image] = true;
  }

  size_t images() const { return images_; }
  /// Whether a name was found as it is spelled.
  bool exact() const { return exact_ > 0; }
  /// Whether few images are named again and again: a digit, say, in a folder with a file 7.png.
  bool repeats() const { return rows_ > 2 * images_; }
  bool operator<(const Matches& other) const {
    if (repeats() != other.repeats()) return repeats();
    return images_ != other.images_ ? images_ < other.images_ : exact_ < other.exact_;
  }
  /// Whether it is nearly as good as the best.
  bool rivals(const Matches& best) const {
    return images_ > 0 && repeats() == best.repeats() && exact() == best.exact() &&
           2 * images_ >= best.images_;
  }

 private:
  std::vector<bool> seen_;
  size_t rows_ = 0, images_ = 0, exact_ = 0;
};

class Search {
 public:
  Search(const std::filesystem::path& csv, const std::vector<std::string>& names,
         const ImageNames& index)
      : csv_(csv.string()), names_(names), index_(index) {
    CsvReader reader(csv);
    numbered_ = reader.dialect().index_columns > 0;
    if (!reader.next(first_)) throw Error(csv_ + ": empty; expected a line of column names");
    columns_.assign(first_.size(), Matches(names.size()));
    const size_t sure = std::min(kSureMatches, (names.size() + 1) / 2);
    size_t rows = 0;
    for (std::vector<std::string> fields; reader.next(fields); ++rows) {
      if (rows == 0) second_ = fields, second_where_ = reader.where();
      for (size_t i = 0; i < fields.size(); ++i)
        columns_[i].add(index.find(fields[i]));
      if (rows % kRowsAtOnce == kRowsAtOnce - 1 && !best().repeats() && best().images() >= sure)
        break;
    }
  }

  NameColumn choose(const std::string& wanted, const std::string& key) {
    if (!wanted.empty()) return chosen(find(wanted, key));
    if (best().images() == 0) {
      for (size_t i = 0; i < first_.size(); ++i) {
        if (is_about_image(i)) return chosen(i);
      }
      fail();
    }
    // A label that is a number may be the name of a file without its ending by chance.
    for (size_t i = 0; i < first_.size() && !best().exact(); ++i) {
      if (is_usual_name(first_[i]) && columns_[i].images() == 0) fail(i);
    }
    std::vector<size_t> rivals;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].rivals(best())) rivals.push_back(i);
    }
    auto taken = std::find_if(rivals.begin(), rivals.end(),
                              [&](size_t i) { return is_usual_name(first_[i]); });
    if (taken == rivals.end()) {
      taken = std::find_if(rivals.begin(), rivals.end(),
                           [&](size_t i) { return !(columns_[i] < best()); });
    }
    NameColumn result = chosen(*taken);
    rivals.erase(taken);
    if (!rivals.empty()) {
      result.notice = fmt::format(
          "{}: the images are named by column \"{}\"; \"{}\" names images too: {} chooses another",
          csv_, first_[result.place], first_[rivals[0]], key.substr(key.rfind(' ') + 1));
    }
    return result;
  }

 private:
  const Matches& best() const { return *std::max_element(columns_.begin(), columns_.end()); }

  // The first line is no header if it names an image.
  bool is_about_image(size_t column) const {
    return !is_usual_name(first_[column]) && index_.find(first_[column]).outcome != Outcome::kNone;
  }

  NameColumn chosen(size_t column) const { return {column, !is_about_image(column), ""}; }

  size_t find(const std::string& wanted, const std::string& key) const {
    const auto found = std::find(first_.begin(), first_.end(), wanted);
    if (found == first_.end())
      throw Error(fmt::format("{}: no column \"{}\" in {}; {}", key, wanted, csv_,
                              did_you_mean(wanted, first_)));
    const auto column = static_cast<size_t>(found - first_.begin());
    if (columns_[column].images() == 0) fail(column);
    return column;
  }

  // The value that most likely was meant as a name.
  [[noreturn]] void fail() const {
    if (second_.empty()) fail(0);
    for (size_t i = 0; i < second_.size(); ++i) {
      if (index_.find_elsewhere(second_[i]).outcome != Outcome::kNone) fail(i);
    }
    for (size_t i = 0; i < second_.size(); ++i) {
      if (is_usual_name(first_[i])) fail(i);
    }
    const bool spaces = first_.size() == 1 && first_[0].find(' ') != std::string::npos;
    throw Error(fmt::format(
        "{}: no column names the images: the columns are {}{}, and an image is {}; {}", csv_,
        quote(join(first_)),
        numbered_ ? " (a column that has no name and numbers the rows is left out)" : "", names_[0],
        spaces ? "spaces do not separate columns: put commas or tabs in their place"
               : "expected a column of file names, or data.labels: none"));
  }

  [[noreturn]] void fail(size_t column) const {
    if (second_.empty()) throw Error(csv_ + ": no rows; expected one for each image");
    const std::string value = quote(second_[column]);
    const auto elsewhere = index_.find_elsewhere(second_[column]);
    if (elsewhere.outcome != Outcome::kNone) {
      throw Error(fmt::format(
          "{}: no row names an image: \"{}\" is in another folder than {}; expected data.dir to be "
          "the folder that the names start in",
          second_where_, value, names_[elsewhere.image]));
    }
    throw Error(
        fmt::format("{}: no row names an image: \"{}\" in column \"{}\", while an image is {}; "
                    "expected the names of the files, or data.labels: none",
                    second_where_, value, first_[column], names_[0]));
  }

  static std::string quote(const std::string& text) {
    return text.size() <= kLongestQuote ? text : text.substr(0, kLongestQuote) + "...";
  }

  std::string csv_;
  const std::vector<std::string>& names_;
  const ImageNames& index_;
  std::vector<std::string> first_, second_;
  std::string second_where_;
  std::vector<Matches> columns_;
  bool numbered_ = false;
};

}  // namespace

NameColumn find_name_column(const std::filesystem::path& csv, const std::vector<std::string>& names,
                            const ImageNames& index, const std::string& wanted,
                            const std::string& key) {
  return Search(csv, names, index).choose(wanted, key);
}

}  // namespace latent
