#include "session/resume_point.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "session/experiment.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

// The keys of a run that may change when it is resumed.
const std::set<std::string> kResumable{"train.epochs",
                                       "train.pictures_every",
                                       "train.early_stopping.patience",
                                       "train.checkpoint.every_steps",
                                       "train.checkpoint.every_minutes",
                                       "train.checkpoint.keep",
                                       "train.on_nan.name",
                                       "train.on_nan.limit",
                                       "train.on_nan.factor"};

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

// origin: of the config that it was trained with.
void check_resumable(const Config& config, const std::string& trained_with,
                     const std::filesystem::path& origin, const RunDirectory& run) {
  const auto changes = forbidden_changes(config, trained_with, origin.string());
  if (!changes.empty()) {
    throw Error(
        fmt::format("{}: not the config it was trained with: {}; a resumed run may change "
                    "only {}",
                    run.path().string(), fmt::join(changes, ", "), fmt::join(kResumable, ", ")));
  }
  Config before = Config::parse(trained_with, origin.string());
  read_experiment(before);
  const std::string epochs = value(flat(config), "train.epochs"),
                    planned = value(flat(before), "train.epochs");
  if (epochs != planned && value(flat(config), "train.schedule.name") == "\"cosine\"") {
    log::warn("train.epochs: the cosine schedule was planned for {} epochs and now ends at {}",
              planned, epochs);
  }
}

}  // namespace

std::vector<std::string> forbidden_changes(const Config& config, const std::string& trained_with,
                                           const std::string& origin) {
  Config before = Config::parse(trained_with, origin);
  read_experiment(before);
  const auto now = flat(config), old = flat(before);
  std::set<std::string> all;
  for (const auto* keys : {&now, &old}) {
    for (const auto& item : *keys)
      all.insert(item.first);
  }
  std::vector<std::string> changes;
  for (const auto& key : all) {
    const std::string is = value(now, key), was = value(old, key);
    if (is != was && !kResumable.contains(key))
      changes.push_back(fmt::format("{} is {}, was {}", key, is, was));
  }
  return changes;
}

std::optional<StoredCheckpoint> resume_point(const RunDirectory& run, const Config& config) {
  if (run.checkpoint_names().empty()) {
    if (run.build().contains("init_from")) {
      throw Error(run.path().string() +
                  ": no checkpoint with the weights of --init-from yet; start again with "
                  "--overwrite");
    }
    check_resumable(config, read_file(run.config()), run.config(), run);
    log::warn("{}: no checkpoint yet; training starts from the beginning", run.path().string());
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
