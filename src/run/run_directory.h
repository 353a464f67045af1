// The folder of a run: `latent train` writes it and the other commands open it.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace latent {

/// Version of the layout and of the names in checkpoints; a program opens its own version and older
/// ones.
constexpr int kRunFormat = 1;

class RunDirectory {
 public:
  /// Returns "runs/<name>-<n>" with the first free n. Makes the empty folder, so that no other
  /// process gets the same name.
  static std::filesystem::path free_name(const std::string& config_name);

  /// Throws Error if `path` exists and is not empty, unless `overwrite` is set and it holds a run
  /// (or nothing). The files of a process that was killed before the run had a config count as
  /// nothing.
  static void check_free(const std::filesystem::path& path, bool overwrite);
  /// Calls check_free and makes the folder; removes the files of an overwritten run.
  /// config: the resolved config. build: version, revision, torch, device.
  static RunDirectory create(const std::filesystem::path& path, bool overwrite,
                             const std::string& config, nlohmann::ordered_json build);
  /// Replaces the resolved config when a run is resumed with other settings.
  void replace_config(const std::string& config) const;
  /// Opens an existing run. Throws Error if it is missing, incomplete or of a newer format.
  static RunDirectory open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  /// Returns "latent train --run DIR --resume", quoted for a shell.
  std::string resume_command() const;
  /// Returns "latent train DIR/config.json --run DIR --overwrite", quoted for a shell: trains the
  /// run's config from the beginning.
  std::string restart_command() const;
  /// Reads build.json. Throws Error if it is damaged.
  nlohmann::ordered_json build() const;
  std::filesystem::path config() const { return path_ / "config.json"; }
  std::filesystem::path log() const { return path_ / "log.txt"; }
  std::filesystem::path metrics() const { return path_ / "metrics.csv"; }
  /// which: "last", "best", "rollback" (to which train.on_nan rollback returns), or the name of an
  /// older one.
  std::filesystem::path checkpoint(const std::string& which) const;
  /// Returns the names of the existing checkpoints: "last", "best", "rollback", then the older
  /// ones, the latest first.
  std::vector<std::string> checkpoint_names() const;
  /// Returns the name of an older checkpoint, "step-00000120" for step 120.
  static std::string older_name(int64_t step);
  /// Returns the step in such a name, or -1 for other names.
  static int64_t step_of(const std::string& name);

  /// Returns the temporary files of killed writers: all those of training, and in the run's other
  /// folders those of dead processes. Files with other names belong to somebody else.
  std::vector<std::filesystem::path> temporaries() const;
  /// Removes those files. Only for the process that holds the run's lock.
  void remove_temporaries() const;

  /// Returns the path of a picture, under images/<command>/.
  std::filesystem::path image(const std::string& command, const std::string& file) const;
  /// Returns the folder with the images of steps that were skipped because of NaN or infinity.
  std::filesystem::path bad_steps() const { return path_ / "bad-steps"; }
  /// Returns the path of a cached result, which is derived from the weights.
  std::filesystem::path cache(const std::string& file) const { return path_ / "cache" / file; }

 private:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace latent
