#include "report/config_entries.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/text/wrap.h"

namespace latent {
namespace {

constexpr size_t kNarrowestMeaning = 30;  // columns; with less room it gets lines of its own
constexpr size_t kMeaningIndent = 6;      // of these lines

}  // namespace

std::string entries_text(const std::vector<ConfigEntry>& entries, bool values,
                         const TextColumn& column) {
  size_t path_width = 0, value_width = 0;
  const auto shown = [&](const ConfigEntry& entry) {
    return (values ? entry.value : entry.default_value).dump();
  };
  for (const auto& entry : entries) {
    path_width = std::max(path_width, entry.path.size());
    value_width = std::max(value_width, std::min<size_t>(shown(entry).size(), 24));
  }
  const std::string indent(column.indent, ' ');
  std::string text;
  for (const auto& entry : entries) {
    const std::string key =
        fmt::format("{}{} {:<{}} = {:<{}}  ", indent, values && entry.given ? "*" : " ", entry.path,
                    path_width, shown(entry), value_width);
    std::string meaning = fmt::format("{}; {}{}", entry.meaning, entry.type,
                                      entry.range.empty() ? "" : " " + entry.range);
    if (values && entry.given) meaning += "; default " + entry.default_value.dump();
    const size_t usual = column.indent + path_width + value_width + 7;
    if (column.width == 0 || usual + kNarrowestMeaning <= column.width) {
      text += key + wrapped(meaning, column.width, usual, key.size());
    } else {
      text += key.substr(0, key.find_last_not_of(' ') + 1) + "\n" +
              wrapped(meaning, column.width, column.indent + kMeaningIndent);
    }
    text += "\n";
  }
  if (values) text += indent + "(* given in the config or by --set)\n";
  return text;
}

}  // namespace latent
