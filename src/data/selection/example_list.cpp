#include "data/selection/example_list.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <sstream>

#include "core/system/file.h"
#include "core/text/split.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

constexpr size_t kMaxListBytes = size_t{1} << 28;
constexpr size_t kMaxDigits = 18;  // more do not fit into 64 bits

bool is_index(const std::string& text) {
  const auto digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  return !text.empty() && text.size() <= kMaxDigits && std::all_of(text.begin(), text.end(), digit);
}

// "17" for "00017".
std::string without_zeros(const std::string& digits) { return std::to_string(std::stoll(digits)); }

}  // namespace

std::optional<std::filesystem::path> list_file(const std::string& text) {
  if (!text.starts_with('@')) return std::nullopt;
  return text.substr(1);
}

ExampleList read_example_list(const std::filesystem::path& file) {
  if (file.empty()) throw Error("\"@\": expected @FILE, a file that lists examples");
  std::string text = read_file(file, kMaxListBytes);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  ExampleList list{.file = file, .entries = {}};
  std::istringstream in(text);
  int64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (trimmed(line).starts_with('#')) continue;
    for (const auto& part : split_at_commas(line)) {
      if (std::string entry = trimmed(part); !entry.empty())
        list.entries.push_back({.text = std::move(entry), .line = number});
    }
  }
  if (list.entries.empty())
    throw Error(file.string() +
                ": no entries; expected names or indices of examples, one per line");
  return list;
}

ExampleFinder::ExampleFinder(const Examples& examples)
    : count_(examples.count()),
      names_(examples.names),
      names_are_numbers_(!names_.empty() && std::all_of(names_.begin(), names_.end(), is_index)) {
  for (size_t i = 0; i < names_.size(); ++i)
    by_name_.try_emplace(names_[i], static_cast<int64_t>(i));
  for (size_t i = 0; names_are_numbers_ && i < names_.size(); ++i)
    by_name_.try_emplace(without_zeros(names_[i]), static_cast<int64_t>(i));
}

std::optional<int64_t> ExampleFinder::find_name(const std::string& text) const {
  auto found = by_name_.find(text);
  if (found == by_name_.end() && names_are_numbers_ && is_index(text))
    found = by_name_.find(without_zeros(text));
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::optional<int64_t> ExampleFinder::find(const std::string& text) const {
  if (const auto named = find_name(text)) return named;
  if (names_are_numbers_ || !is_index(text)) return std::nullopt;
  const int64_t index = std::stoll(text);
  if (index >= count_) return std::nullopt;
  return index;
}

std::vector<int64_t> ExampleFinder::find_all(const ExampleList& list, Split split) const {
  std::vector<int64_t> indices;
  for (const auto& entry : list.entries) {
    const auto index = find(entry.text);
    if (!index) throw unknown_entry(list, entry, to_string(split) + " split");
    indices.push_back(*index);
  }
  return indices;
}

bool ExampleFinder::are_indices(const ExampleList& list) const {
  return !names_are_numbers_ &&
         std::all_of(list.entries.begin(), list.entries.end(), [&](const ListEntry& entry) {
           return is_index(entry.text) && !find_name(entry.text);
         });
}

Error ExampleFinder::unknown_entry(const ExampleList& list, const ListEntry& entry,
                                   const std::string& where) const {
  const std::string guess = nearest(entry.text, names_);
  const std::string remedy = names_.empty() || (is_index(entry.text) && !names_are_numbers_)
                                 ? fmt::format("expected an index from 0 to {}", count_ - 1)
                             : guess.empty()
                                 ? fmt::format("expected a name such as {}", names_.front())
                                 : fmt::format("did you mean {}?", guess);
  return Error(fmt::format("{}: line {}: \"{}\": no such example in the {}; {}", list.file.string(),
                           entry.line, entry.text, where, remedy));
}

}  // namespace latent
