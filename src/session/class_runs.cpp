#include "session/class_runs.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "data/selection/selection.h"
#include "session/resume_point.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr size_t kMostBytes = 1 << 22;  // of the note

fs::path note_in(const fs::path& folder) { return folder / "each_class.json"; }

// [N] bool: the examples of one class.
Tensor of_class(const Examples& examples, const std::string& attribute, int64_t index) {
  return examples.find(attribute)->values.eq(static_cast<double>(index));
}

// Why a class cannot be trained and measured, or "".
std::string why_left_out(const std::string& attribute, int64_t index, const Examples& train,
                         const Examples& validation, Split split, const Examples& scored) {
  for (const auto& [name, examples] : {std::pair<std::string, const Examples*>{"training", &train},
                                       {"validation", &validation},
                                       {to_string(split), &scored}}) {
    if (!of_class(*examples, attribute, index).any().item<bool>())
      return fmt::format("no example in the {} split", name);
  }
  const Tensor others =
      of_class(scored, attribute, index).logical_not().logical_and(scored.find(attribute)->known());
  return others.any().item<bool>()
             ? ""
             : fmt::format("no example of another class in the {} split", to_string(split));
}

// The rule that keeps one class. Throws Error if there is none.
std::string rule_for(const Examples& train, const std::string& attribute, const std::string& name,
                     int64_t index) {
  std::string rule = attribute + "=" + name;
  try {
    const Matches found = match(train, rule, "data.keep");
    if (found.holds.equal(of_class(train, attribute, index))) return rule;
  } catch (const Error&) {  // a comma splits the name into classes that are not there
  }
  throw Error(fmt::format(
      "attribute {}: data.keep cannot name the class \"{}\"; expected class names without commas",
      attribute, name));
}

// A name for the folder of a class that is none of `taken`.
std::string folder_name(const std::string& name, std::set<std::string>& taken) {
  std::string wanted = in_file_name(name);
  if (wanted.empty() || wanted.starts_with(".") || wanted.starts_with("-"))
    wanted = "class" + wanted;
  std::string free = wanted;
  for (int n = 2; !taken.insert(free).second; ++n)
    free = fmt::format("{}-{}", wanted, n);
  return free;
}

void expect_no_other_files(const fs::path& folder) {
  std::error_code code;
  if (!fs::exists(folder, code)) return;
  if (!fs::is_directory(folder, code))
    throw Error(folder.string() + ": is a file; expected a new folder for the runs");
  const bool run = fs::exists(folder / "build.json", code);
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (is_temporary(entry.path())) continue;
    throw Error(folder.string() + (run ? ": is the folder of a run" : ": holds other files") +
                "; expected a new or empty folder for the runs");
  }
}

void expect_same_config(const fs::path& folder, const Config& config,
                        const std::string& attribute) {
  const fs::path path = note_in(folder);
  const Json note = Json::parse(read_file(path, kMostBytes), nullptr, /*allow_exceptions=*/false);
  const bool whole = note.is_object() && note.contains("attribute") &&
                     note["attribute"].is_string() && note.contains("config") &&
                     note["config"].is_object();
  if (!whole)
    throw Error(path.string() + ": damaged; expected a new folder, or this file as it was written");
  auto changes = forbidden_changes(config, note["config"].dump(), path.string());
  if (const auto before = note["attribute"].get<std::string>(); before != attribute)
    changes.push_back("--attribute is " + attribute + ", was " + before);
  if (changes.empty()) return;
  throw Error(fmt::format("{}: holds the runs of another config: {}; expected another folder",
                          folder.string(), join(changes)));
}

}  // namespace

std::vector<OneClass> classes_to_train(const std::string& attribute, const Examples& train,
                                       const Examples& validation, Split split,
                                       const Examples& scored, const fs::path& folder) {
  std::vector<OneClass> classes;
  std::set<std::string> taken;
  const auto& names = train.find(attribute)->classes;
  for (size_t i = 0; i < names.size(); ++i) {
    const auto index = static_cast<int64_t>(i);
    const std::string folder_of_class = folder_name(names[i], taken);
    if (const auto why = why_left_out(attribute, index, train, validation, split, scored);
        !why.empty()) {
      log::warn("class {}: {}; left out", names[i], why);
      continue;
    }
    classes.push_back({.name = names[i],
                       .index = index,
                       .rule = rule_for(train, attribute, names[i], index),
                       .folder = folder / folder_of_class});
  }
  if (classes.empty())
    throw Error("attribute " + attribute + ": no class is left; expected classes in every split");
  return classes;
}

void claim_class_folder(const fs::path& folder, const Config& config,
                        const std::string& attribute) {
  std::error_code code;
  if (fs::exists(note_in(folder), code)) {
    expect_same_config(folder, config, attribute);
  } else {
    expect_no_other_files(folder);
    make_directories(folder);
  }
  const Json note{{"attribute", attribute}, {"config", config.resolved()}};
  write_file(note_in(folder), note.dump(2) + "\n");
}

}  // namespace latent
