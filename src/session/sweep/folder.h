// The folder of a sweep: its plan, its runs and what is known of them.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "session/sweep/plan.h"

namespace latent {

class SweepFolder {
 public:
  /// Opens the sweep at `path`. Throws Error if there is none or its plan is damaged.
  static SweepFolder open(const std::filesystem::path& path);
  /// Opens the sweep at `path`, which must have this plan, or makes the folder and writes the plan.
  /// Throws Error if the folder holds other files or another plan.
  static SweepFolder claim(const std::filesystem::path& path, const SweepPlan& plan);
  static bool is_there(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const SweepPlan& plan() const { return plan_; }
  std::filesystem::path run(const SweepRun& run) const { return path_ / run.name; }
  /// The config that all trainings start from.
  std::filesystem::path base() const { return path_ / "base.json"; }
  std::filesystem::path claims() const { return path_ / "claims"; }
  std::filesystem::path table() const { return path_ / "table.csv"; }
  /// What a command of a training printed; what: "train.txt".
  std::filesystem::path log(const SweepRun& run, const std::string& what) const;

  bool is_finished(const SweepRun& run) const;
  /// Returns the evaluation of a finished training; nothing if there is none that can be read.
  std::optional<nlohmann::ordered_json> result(const SweepRun& run) const;
  void write_result(const SweepRun& run, const nlohmann::ordered_json& evaluation) const;
  /// Returns why a training failed, or "".
  std::string failure(const SweepRun& run) const;
  void write_failure(const SweepRun& run, const std::string& reason) const;
  /// Forgets the failures, so that their trainings are tried again.
  void forget_failures() const;
  /// Returns all evaluations by the names of their runs.
  std::map<std::string, nlohmann::ordered_json> results() const;

 private:
  SweepFolder(std::filesystem::path path, SweepPlan plan)
      : path_(std::move(path)), plan_(std::move(plan)) {}
  std::filesystem::path result_file(const SweepRun& run) const;
  std::filesystem::path failure_file(const SweepRun& run) const;

  std::filesystem::path path_;
  SweepPlan plan_;
};

}  // namespace latent
