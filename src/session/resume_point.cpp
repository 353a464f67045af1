#include "session/resume_point.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/text/suggest.h"
#include "run/metrics.h"
#include "session/experiment.h"
#include "train/checkpoint/train_state.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

// The keys of both configs, read, that are of this kind.
std::set<std::string> keys_that(OnResume kind, const Config& now, const Config& before) {
  std::set<std::string> keys;
  for (const auto* config : {&now, &before}) {
    for (const auto& entry : config->entries()) {
      if (entry.on_resume == kind) keys.insert(entry.path);
    }
  }
  return keys;
}

// Every key of a config with its value: "train.epochs", 5.
std::map<std::string, Json> flat(const Config& config) {
  std::map<std::string, Json> keys;
  const Json resolved = config.resolved().flatten();
  for (const auto& [pointer, value] : resolved.items()) {
    std::string key = pointer.substr(1);
    std::replace(key.begin(), key.end(), '/', '.');
    keys[key] = value;
  }
  return keys;
}

std::string value(const std::map<std::string, Json>& keys, const std::string& key) {
  const auto found = keys.find(key);
  return found == keys.end() ? "absent" : found->second.dump();
}

// The keys whose values differ, of one kind.
std::vector<std::string> changes_of(OnResume kind, const Config& config,
                                    const std::string& trained_with, const std::string& origin) {
  Config before = Config::parse(trained_with, origin);
  read_experiment(before);
  const auto now = flat(config), old = flat(before);
  std::set<std::string> all = keys_that(kind, config, before);
  if (kind == OnResume::kFixed) {  // also the keys of only one of the configs
    for (const auto* keys : {&now, &old}) {
      for (const auto& item : *keys)
        all.insert(item.first);
    }
    for (const auto other : {OnResume::kMayChange, OnResume::kSameData}) {
      for (const auto& key : keys_that(other, config, before))
        all.erase(key);
    }
  }
  std::vector<std::string> changes;
  for (const auto& key : all) {
    const std::string is = value(now, key), was = value(old, key);
    if (is != was) changes.push_back(fmt::format("{} is {}, was {}", key, is, was));
  }
  return changes;
}

// trained_with: the text of the config that the run was trained with. origin: its file.
void check_resumable(const Config& config, const std::string& trained_with,
                     const std::filesystem::path& origin, const RunDirectory& run) {
  Config before = Config::parse(trained_with, origin.string());
  const TrainOptions train = read_experiment(before).train;
  const auto changes = forbidden_changes(config, trained_with, origin.string());
  if (!changes.empty()) {
    const auto moved = keys_that(OnResume::kSameData, config, before);
    throw Error(fmt::format(
        "{}: cannot resume with other settings: {}; train a new run with them, or change only {}{}",
        run.path().string(), fmt::join(changes, ", "),
        fmt::join(keys_that(OnResume::kMayChange, config, before), ", "),
        moved.empty() ? "" : fmt::format("; and, if the data moved, {}", fmt::join(moved, ", "))));
  }
  const std::string epochs = value(flat(config), "train.epochs"),
                    planned = std::to_string(train.epochs);
  if (epochs != planned && schedules().find(train.schedule.name, "train.schedule").planned) {
    log::warn("train.epochs: the {} schedule was planned for {} and now ends at {}",
              train.schedule.name, counted(train.epochs, "epoch"), epochs);
  }
}

}  // namespace

std::vector<std::string> forbidden_changes(const Config& config, const std::string& trained_with,
                                           const std::string& origin) {
  return changes_of(OnResume::kFixed, config, trained_with, origin);
}

std::vector<std::string> changed_places(const Config& config, const std::string& trained_with,
                                        const std::string& origin) {
  return changes_of(OnResume::kSameData, config, trained_with, origin);
}

void refuse_fewer_epochs(const std::optional<StoredCheckpoint>& checkpoint, int64_t epochs) {
  if (!checkpoint) return;
  const int64_t trained = stored_epoch(checkpoint->file);
  if (epochs >= trained) return;
  throw Error(
      fmt::format("train.epochs: got {}, but {} already trained; expected {} or more", epochs,
                  trained == 1 ? "1 epoch is" : fmt::format("{} epochs are", trained), trained));
}

bool holds_run(const std::filesystem::path& folder) {
  std::error_code code;
  return std::filesystem::exists(folder / "config.json", code) &&
         std::filesystem::exists(folder / "build.json", code);
}

void take_settled(const std::filesystem::path& folder, Config& config, std::string& precision) {
  if (precision != "auto") return;
  const RunDirectory run = RunDirectory::open(folder);
  const Json settled = Json::parse(read_file(run.config()), nullptr, false);
  if (!settled.is_object()) return;
  const Json keys = settled.flatten();
  const auto found = keys.find("/train/precision");
  if (found == keys.end() || (*found != "fp32" && *found != "bf16")) return;
  precision = found->get<std::string>();
  config.settle("train.precision", precision);
}

std::optional<StoredCheckpoint> resume_point(const RunDirectory& run, const Config& config) {
  if (run.checkpoint_names().empty()) {
    if (run.build().contains("init_from")) {
      throw Error(run.path().string() +
                  ": no checkpoint with the weights of --init-from yet; start again with "
                  "--overwrite");
    }
    check_resumable(config, read_file(run.config()), run.config(), run);
    const int64_t epochs = recorded_epochs(run.metrics());
    log::warn("{}: no checkpoint{}; training starts from the beginning", run.path().string(),
              epochs == 0 ? " yet" : ", although metrics.csv has " + counted(epochs, "epoch"));
    return std::nullopt;
  }
  StoredCheckpoint found = read_checkpoint(run, "last");
  const auto trained_with = found.file.metadata.find("config");
  if (trained_with == found.file.metadata.end()) {
    check_resumable(config, read_file(run.config()), run.config(), run);
  } else {
    check_resumable(config, trained_with->second, found.path, run);
  }
  return found;
}

}  // namespace latent
