#include "shell/flag_values.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "command/flags/parse.h"

namespace latent::shell {
namespace {

using Json = nlohmann::ordered_json;

// Values that no list in the meaning names.
const std::map<std::string, FlagValues>& known_values() {
  static const std::map<std::string, FlagValues> known{
      {"device", {ValueKind::kWords, {"auto", "cpu", "cuda"}}},
      {"split", {ValueKind::kWords, {"train", "validation", "test"}}},
      {"on-error", {ValueKind::kWords, {"fail", "skip"}}},
      {"run", {ValueKind::kFolder, {}}},
      {"set", {ValueKind::kSetting, {}}},
      {"over", {ValueKind::kSetting, {}}},
      {"sampler", {ValueKind::kSampler, {}}},
      {"attribute", {ValueKind::kAttribute, {}}},
      {"attributes", {ValueKind::kAttribute, {}}},
      {"normal", {ValueKind::kAttribute, {}}},
      {"checkpoint", {ValueKind::kCheckpoint, {}}},
      {"out", {ValueKind::kFile, {}}},
  };
  return known;
}

// What `latent list --json` prints.
Json listing() {
  const CommandRow& row = commands().find("list", "latent");
  cxxopts::Options options = declare_command(row);
  const char* const words[] = {"list"};
  Arguments arguments = parse_command_line(options, 1, words);
  Json result;
  arguments.collect(result);
  row.run(arguments);
  return result;
}

}  // namespace

FlagValues values_of(const FlagText& flag) {
  if (flag.value.empty()) return {};
  if (const auto found = known_values().find(flag.name); found != known_values().end())
    return found->second;
  if (const auto words = listed_values(flag); !words.empty()) return {ValueKind::kWords, words};
  if (flag.value.find("DIR") != std::string::npos) return {ValueKind::kFolder, {}};
  const bool file = flag.value.find("FILE") != std::string::npos ||
                    flag.value.find("CONFIG") != std::string::npos ||
                    flag.value.find("PATH") != std::string::npos;
  return {file ? ValueKind::kFile : ValueKind::kNone, {}};
}

FlagValues values_of_words(const CommandText& command) {
  for (const char* name : {"kind", "action", "shell"}) {
    for (const auto& flag : command.flags) {
      if (flag.name != name || !flag.positional) continue;
      const auto words = listed_values(flag);
      return words.empty() ? FlagValues{ValueKind::kFile, {}}
                           : FlagValues{ValueKind::kWords, words};
    }
  }
  return {ValueKind::kFile, {}};  // files, configs and runs, which are folders
}

const std::string* section_of_family(const std::string& family) {
  static const std::map<std::string, std::string> sections{
      {"data set", "data"},
      {"filter", "data"},
      {"binarization", "data"},
      {"augmentation", "data"},
      {"corruption", "corruption.0"},
      {"model", "model"},
      {"encoder", "model.encoder"},
      {"bottleneck", "model.bottleneck"},
      {"decoder", "model.decoder"},
      {"likelihood", "objective.likelihood"},
      {"bound", "objective.bound"},
      {"penalty", "objective"},
      {"normalization", "model.encoder.normalization"},
      {"optimizer", "train.optimizer"},
      {"schedule", "train.schedule"},
      {"on_nan", "train.on_nan"},
      {"measure", ""},
      {"training", "train"},
  };
  const auto found = sections.find(family);
  return found == sections.end() ? nullptr : &found->second;
}

std::vector<std::string> config_keys() {
  static const std::set<std::string> plain{"filter", "binarization", "augmentation",
                                           "model",  "penalty",      "training"};
  std::set<std::string> keys;
  const Json listed = listing();
  for (const auto& [family, rows] : listed.items()) {
    const std::string* section = section_of_family(family);
    if (section == nullptr || section->empty()) continue;
    if (!plain.contains(family)) keys.insert(*section + ".name");
    for (const auto& row : rows) {
      std::string path = *section;
      if (family == "penalty") path.append(".").append(row["name"].get<std::string>());
      for (const auto& option : row["options"])
        keys.insert(path + "." + option["key"].get<std::string>());
    }
  }
  return {keys.begin(), keys.end()};
}

}  // namespace latent::shell
