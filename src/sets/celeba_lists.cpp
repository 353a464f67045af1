#include "sets/celeba_lists.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "core/error.h"
#include "core/system/file.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestList = size_t{1} << 28;

/// Splits a text into lines and these into words.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  }

  /// Reads the words of the next line that has any; returns false at the end.
  bool next(std::vector<std::string_view>& words) {
    words.clear();
    while (words.empty() && !rest_.empty()) {
      const size_t end = std::min(rest_.find('\n'), rest_.size());
      ++line_;
      split(rest_.substr(0, end), words);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
    }
    return !words.empty();
  }
  int64_t line() const { return line_; }

 private:
  static void split(std::string_view line, std::vector<std::string_view>& words) {
    constexpr std::string_view kSeparators = " \t,;\"\r";
    for (size_t at = line.find_first_not_of(kSeparators); at != line.npos;
         at = line.find_first_not_of(kSeparators, at)) {
      const size_t end = std::min(line.find_first_of(kSeparators, at), line.size());
      words.push_back(line.substr(at, end - at));
      at = end;
    }
  }

  std::string_view rest_;
  int64_t line_ = 0;
};

std::optional<int8_t> to_number(std::string_view word) {
  if (word == "True" || word == "False") return word == "True" ? 1 : 0;
  if (word.starts_with('+')) word.remove_prefix(1);
  if (word.ends_with(".0")) word.remove_suffix(2);
  int8_t value = 0;
  const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (code != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

bool is_count(std::string_view word) {
  return word.find_first_not_of("0123456789") == std::string_view::npos;
}

// Rows begin with a file's name, which has an extension; lines of names and counts do not.
bool is_row(const std::vector<std::string_view>& words) {
  return words.size() > 1 && words[0].find('.') != std::string_view::npos && to_number(words[1]);
}

// Removes the number that pandas writes before each row. Returns whether there is one.
bool drop_row_number(std::vector<std::string_view>& words) {
  if (words.size() < 3 || !is_count(words[0]) || is_row(words)) return false;
  const std::vector<std::string_view> rest(words.begin() + 1, words.end());
  if (!is_row(rest)) return false;
  words = rest;
  return true;
}

void add_row(CelebaList& list, const std::vector<std::string_view>& words, bool numbered,
             const std::string& where) {
  if (list.rows.empty()) {
    list.width = words.size() - 1;
    if (list.columns.size() == words.size()) list.columns.erase(list.columns.begin());
    if (numbered && list.columns.size() > list.width) {  // "index", or the words of "Unnamed: 0"
      const auto first = static_cast<std::ptrdiff_t>(list.columns.size() - list.width);
      list.columns.erase(list.columns.begin(), list.columns.begin() + first);
    }
    if (!list.columns.empty() && list.columns.size() != list.width) {
      throw Error(fmt::format("{}: {} values; expected {}, one for each name", where, list.width,
                              list.columns.size()));
    }
  }
  if (words.size() - 1 != list.width) {
    throw Error(fmt::format("{}: {} values; expected {} as in the first row", where,
                            words.size() - 1, list.width));
  }
  if (!list.rows.emplace(words[0], list.rows.size()).second)
    throw Error(fmt::format("{}: a second row for {}", where, words[0]));
  for (size_t i = 1; i < words.size(); ++i) {
    const auto number = to_number(words[i]);
    if (!number)
      throw Error(
          fmt::format("{}: \"{}\"; expected a whole number such as 1 or -1", where, words[i]));
    list.values.push_back(*number);
  }
}

}  // namespace

const int8_t* CelebaList::find(const std::string& name) const {
  auto found = rows.find(name);
  if (found == rows.end()) found = rows.find(name.substr(0, name.rfind('.')) + ".jpg");
  return found == rows.end() ? nullptr : values.data() + found->second * width;
}

fs::path find_celeba_list(const std::vector<fs::path>& folders, const std::string& stem) {
  for (const fs::path& folder : folders) {
    for (const char* ending : {".txt", ".csv"}) {
      const fs::path path = folder / (stem + ending);
      if (std::error_code ignored; fs::exists(path, ignored)) return path;
    }
  }
  return {};
}

CelebaList read_celeba_list(const fs::path& path) {
  const std::string text = read_file(path, kLargestList);
  CelebaList list;
  list.file = path.string();
  Words lines(text);
  for (std::vector<std::string_view> words; lines.next(words);) {
    const std::string where = fmt::format("{}: line {}", list.file, lines.line());
    const bool numbered = drop_row_number(words);
    if (is_row(words)) {
      add_row(list, words, numbered, where);
    } else if (!list.rows.empty()) {
      throw Error(where + ": expected a file name and numbers");
    } else if (words.size() > 1) {
      list.columns.assign(words.begin(), words.end());
    } else if (!is_count(words[0])) {
      throw Error(where + ": expected the number of images, names of attributes, or a file name");
    }
  }
  if (list.rows.empty()) throw Error(list.file + ": no rows; expected a file name and numbers");
  return list;
}

}  // namespace latent
