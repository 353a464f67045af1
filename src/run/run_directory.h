// A run's folder: what `latent train` leaves and every other command opens.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace latent {

/// Version of the layout and of the checkpoint's names; a program opens its own and older ones.
constexpr int kRunFormat = 1;

class RunDirectory {
 public:
  /// "runs/<name>-<n>" with the first free n.
  static std::filesystem::path free_name(const std::string& config_name);

  /// Throws Error if `path` exists and is not empty, unless `overwrite` is set and it holds a run
  /// (or nothing).
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
  std::filesystem::path config() const { return path_ / "config.json"; }
  std::filesystem::path log() const { return path_ / "log.txt"; }
  std::filesystem::path metrics() const { return path_ / "metrics.csv"; }
  /// which: "last" or "best".
  std::filesystem::path checkpoint(const std::string& which) const;
  /// "best" or "last": `preferred` if its checkpoint is there, else the other.
  /// Throws Error if there is neither.
  std::string stored_checkpoint(const std::string& preferred) const;
  /// A picture's path under images/<command>/.
  std::filesystem::path image(const std::string& command, const std::string& file) const;
  /// Results derived from the weights, kept so that later commands are fast.
  std::filesystem::path cache(const std::string& file) const { return path_ / "cache" / file; }

 private:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace latent
