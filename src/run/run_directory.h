// A run's folder: what `latent train` leaves and every other command opens.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace latent {

/// Version of the layout and of the checkpoint's names; a program opens its own and older ones.
constexpr int kRunFormat = 1;

class RunDirectory {
 public:
  /// "runs/<name>-<n>" with the first free n; the empty folder is made, so that no other process
  /// gets the same.
  static std::filesystem::path free_name(const std::string& config_name);

  /// Throws Error if `path` exists and is not empty, unless `overwrite` is set and it holds a run
  /// (or nothing). What a process leaves that is killed before the run has a config counts as
  /// nothing.
  static void check_free(const std::filesystem::path& path, bool overwrite);
  /// Makes the folder after the same check; an overwritten run's files are removed.
  /// config: the resolved config. build: version, revision, torch, device.
  static RunDirectory create(const std::filesystem::path& path, bool overwrite,
                             const std::string& config, nlohmann::ordered_json build);
  /// Replaces the resolved config, when a run goes on with other settings.
  void replace_config(const std::string& config) const;
  /// Opens an existing run. Throws Error if it is missing, incomplete or of a newer format.
  static RunDirectory open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  /// "latent train --run DIR --resume", as it can be given to a shell.
  std::string resume_command() const;
  /// build.json, as `open` checked it. Throws Error if it is damaged.
  nlohmann::ordered_json build() const;
  std::filesystem::path config() const { return path_ / "config.json"; }
  std::filesystem::path log() const { return path_ / "log.txt"; }
  std::filesystem::path metrics() const { return path_ / "metrics.csv"; }
  /// which: "last", "best", "rollback" (where train.on_nan rollback goes back to), or the name of
  /// an older one.
  std::filesystem::path checkpoint(const std::string& which) const;
  /// Every checkpoint that is there: "last", "best", "rollback", then the older ones, the latest
  /// first.
  std::vector<std::string> checkpoint_names() const;
  /// "step-00000120": what the last checkpoint, of step 120, is called when another takes its
  /// place.
  static std::string older_name(int64_t step);
  /// The step in such a name; -1 for another.
  static int64_t step_of(const std::string& name);

  /// What writers left that were killed: temporary files of what training writes, and in the run's
  /// other folders those of processes that are gone. Files of other names are somebody's own.
  std::vector<std::filesystem::path> temporaries() const;
  /// Removes them. Only for the process that holds the run's lock.
  void remove_temporaries() const;

  /// A picture's path under images/<command>/.
  std::filesystem::path image(const std::string& command, const std::string& file) const;
  /// Which images the steps were given that had to be left out.
  std::filesystem::path bad_steps() const { return path_ / "bad-steps"; }
  /// Results derived from the weights, kept so that later commands are fast.
  std::filesystem::path cache(const std::string& file) const { return path_ / "cache" / file; }

 private:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace latent
