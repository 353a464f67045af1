// What a sweep trains: every combination of some values of some keys, each with several seeds.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "config/config.h"

namespace latent {

/// A key that a sweep varies.
struct SweptKey {
  std::string key;                  // "objective.kl.weight"
  std::vector<std::string> values;  // as in --set: JSON, or bare words
};

/// One training of a sweep.
struct SweepRun {
  std::string name;  // of its folder: "003-weight=2-seed=1"
  size_t combination;
  int64_t seed;
};

struct SweepPlan {
  nlohmann::ordered_json config;  // the keys that are given, with --set applied
  std::vector<SweptKey> over;
  std::vector<int64_t> seeds;           // values of train.seed
  std::vector<std::string> evaluation;  // words behind `latent evaluate --run DIR`

  /// Returns how many combinations of values there are; at least 1.
  size_t combinations() const;
  /// Returns the values of the keys in a combination; the last key varies first.
  std::vector<std::string> values(size_t combination) const;
  /// Returns the trainings in the order in which they are done: every combination with the first
  /// seed, then with the second.
  std::vector<SweepRun> runs() const;
  /// Returns the values of --set for a training: "objective.kl.weight=2", "train.seed=1".
  std::vector<std::string> settings(const SweepRun& run) const;

  nlohmann::ordered_json to_json() const;
  /// Reads what to_json wrote. Throws Error naming `origin` if it is damaged.
  static SweepPlan from_json(const nlohmann::ordered_json& json, const std::string& origin);
  static SweepPlan from_text(const std::string& text, const std::string& origin);
};

/// The most trainings of one sweep.
constexpr size_t kMostSweepRuns = 10'000;

/// Reads "KEY=V1,V2,...", the value of --over. Commas within brackets, braces and quotes belong to
/// a value. Throws UsageError if there is no key or value, or a value occurs twice.
SweptKey parse_over(const std::string& text);

/// Makes the plan of a sweep and checks that every combination is a valid config.
///
/// config: as loaded, with --set applied. seeds: how many, from the config's train.seed on.
/// Throws UsageError if two of the keys overlap or the trainings are too many; Error naming --over
/// and the key for one that does not exist or a value that it does not accept.
SweepPlan make_sweep_plan(Config config, const std::vector<SweptKey>& over, int64_t seeds,
                          const std::vector<std::string>& evaluation);

/// Throws Error naming the first difference if a folder's plan is not the same as `asked`.
void expect_same_plan(const SweepPlan& found, const SweepPlan& asked, const std::string& folder);

}  // namespace latent
