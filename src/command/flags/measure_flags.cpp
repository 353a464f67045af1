#include "command/flags/measure_flags.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "report/config_entries.h"

namespace latent {
namespace {

// The measures by name and summary, those by default marked.
std::string listed_measures() {
  std::string text;
  for (const auto& row : measures().rows())
    text += "\n" + row.name + (row.by_default ? "*: " : ": ") + row.summary;
  return text;
}

// The name of the flag for a key of a measure: "nll-samples" for "nll_samples".
std::string flag_for(const ConfigEntry& key) {
  std::string flag = key.path;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

// The keys of the measures, each once, though two may read it.
std::vector<ConfigEntry> measure_keys(const std::vector<const MeasureRow*>& rows) {
  return keys_of([&](Section& section) {
    for (const auto* row : rows)
      row->configure(section);
  });
}

}  // namespace

void declare_measures(cxxopts::Options& options) {
  options.add_options()(
      "measure", "measures to compute, or all (default: those marked *):" + listed_measures(),
      cxxopts::value<std::string>(), "NAME,...");
  for (const auto& key : measure_keys(choose_measures("all").rows)) {
    options.add_options()(
        flag_for(key),
        fmt::format("{} ({}{}, default {})", key.meaning, key.type,
                    key.range.empty() ? "" : " " + key.range, key.default_value.dump()),
        cxxopts::value<std::string>(), "VALUE");
  }
}

MeasureChoice chosen_measures(const Arguments& arguments) {
  const std::string names = arguments.has("measure") ? arguments.text("measure") : "";
  if (arguments.has("measure") && names.empty())
    throw UsageError("--measure: expected names of measures, or all");
  MeasureChoice choice = choose_measures(names);
  std::vector<std::string> options;
  for (const auto& key : measure_keys(choice.rows)) {
    const std::string flag = flag_for(key);
    if (arguments.has(flag)) options.push_back(key.path + "=" + arguments.text(flag));
  }
  read_options(choice, options);
  return choice;
}

std::vector<std::string> measure_words(const Arguments& arguments) {
  std::vector<std::string> words;
  const auto add = [&](const std::string& flag) {
    if (arguments.has(flag)) words.insert(words.end(), {"--" + flag, arguments.text(flag)});
  };
  add("measure");
  for (const auto& key : measure_keys(chosen_measures(arguments).rows))
    add(flag_for(key));
  return words;
}

}  // namespace latent
