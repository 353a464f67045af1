#include "session/moved_data.h"

#include <spdlog/fmt/fmt.h>

#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "data/selection/example_list.h"
#include "session/experiment.h"

namespace latent {
namespace {

// "the training split has 20 examples, not 24", or "" if it is the same.
std::string difference(const std::string& split, const SplitFingerprint& written,
                       const SplitFingerprint& now) {
  if (written == now) return "";
  if (written.count == now.count)
    return fmt::format("the {} split has as many examples, but others", split);
  return fmt::format("the {} split has {}, not {}", split, counted(now.count, "example"),
                     written.count);
}

// The path that a key's value names, also as "@FILE", if there is nothing at it; else "".
std::string empty_place(const ConfigEntry& entry) {
  if (entry.on_resume != OnResume::kSameData || !entry.value.is_string()) return "";
  const auto text = entry.value.get<std::string>();
  const auto path = list_file(text).value_or(text);
  std::error_code ignored;
  return std::filesystem::exists(path, ignored) ? "" : path.string();
}

// "data.dir=\"/home/ann/photos\"" for each path that is relative to `start`.
std::vector<std::string> places_from(const std::filesystem::path& start, const Config& config) {
  std::vector<std::string> settings;
  for (const auto& entry : config.entries()) {
    const std::filesystem::path place = empty_place(entry);
    std::error_code ignored;
    if (place.empty() || place.is_absolute() || !std::filesystem::exists(start / place, ignored))
      continue;
    const bool listed = list_file(entry.value.get<std::string>()).has_value();
    const nlohmann::json there =
        fmt::format("{}{}", listed ? "@" : "", (start / place).lexically_normal().string());
    settings.push_back(fmt::format("{}={}", entry.path, there.dump()));
  }
  return settings;
}

}  // namespace

Config load_run_config(const RunDirectory& run, const std::vector<std::string>& settings) {
  Config config = Config::load(run.config(), settings);
  read_experiment(config);
  const nlohmann::ordered_json build = run.build();
  const auto start = build.find("directory");
  std::vector<std::string> all = settings;
  if (start != build.end() && start->is_string()) {
    for (auto& place : places_from(start->get<std::string>(), config))
      all.push_back(std::move(place));
  }
  return Config::load(run.config(), all);
}

void expect_moved_data(const std::vector<std::string>& changes, const DataFingerprint& written,
                       const DataFingerprint& now, const std::filesystem::path& checkpoint) {
  if (changes.empty()) return;
  if (written.training.count == 0) {
    log::warn("{}: too old to know its data; whether they are the same is not checked: {}",
              checkpoint.string(), join(changes));
    return;
  }
  std::vector<std::string> differences;
  for (const auto& each : {difference("training", written.training, now.training),
                           difference("validation", written.validation, now.validation)}) {
    if (!each.empty()) differences.push_back(each);
  }
  if (!differences.empty()) {
    throw Error(fmt::format(
        "{}: not the data that the run was trained on: {}; expected the same data, or a new run "
        "that begins with these weights (--init-from)",
        join(changes), join(differences)));
  }
  log::info("{}: the data are the same", join(changes));
}

std::string new_place_remedy(const Config& config, const RunDirectory& run,
                             const std::string& failure) {
  for (const auto& entry : config.entries()) {
    const std::string place = empty_place(entry);
    if (place.empty() || failure.find(place) == std::string::npos) continue;
    const bool listed = list_file(entry.value.get<std::string>()).has_value();
    return fmt::format("; if the data were moved, give their new place: {} --set {}={}PATH",
                       run.resume_command(), entry.path, listed ? "@" : "");
  }
  return "";
}

}  // namespace latent
