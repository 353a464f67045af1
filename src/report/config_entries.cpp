#include "report/config_entries.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace latent {

std::string entries_text(const std::vector<ConfigEntry>& entries, bool values) {
  size_t path_width = 0, value_width = 0;
  const auto shown = [&](const ConfigEntry& entry) {
    return (values ? entry.value : entry.default_value).dump();
  };
  for (const auto& entry : entries) {
    path_width = std::max(path_width, entry.path.size());
    value_width = std::max(value_width, std::min<size_t>(shown(entry).size(), 24));
  }
  std::string text;
  for (const auto& entry : entries) {
    text += fmt::format("{} {:<{}} = {:<{}}  {}; {}{}", values && entry.given ? "*" : " ",
                        entry.path, path_width, shown(entry), value_width, entry.meaning,
                        entry.type, entry.range.empty() ? "" : " " + entry.range);
    if (values && entry.given) text += "; default " + entry.default_value.dump();
    text += "\n";
  }
  if (values) text += "(* given in the config or by --set)\n";
  return text;
}

}  // namespace latent
