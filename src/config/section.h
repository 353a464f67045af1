// Typed, checked reading of a config: every key is read once, with its range and its meaning, by
// the class that uses it.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/registry.h"

namespace latent {

class Config;
struct Component;

/// The numbers a key accepts; for a list, each of its elements.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_excluded = false;
  bool high_excluded = false;

  bool contains(double value) const;
  /// ">= 0", "> 0 and <= 1", or "" when everything is accepted.
  std::string text() const;
};

inline Range any_number() { return {}; }
inline Range at_least(double low) { return {.low = low}; }
inline Range more_than(double low) { return {.low = low, .low_excluded = true}; }
inline Range between(double low, double high) { return {.low = low, .high = high}; }
/// low <= value < high.
inline Range from_below(double low, double high) {
  return {.low = low, .high = high, .high_excluded = true};
}

/// The words a key accepts.
struct OneOf {
  std::vector<std::string> words;
};

/// Whether a resumed run may be given another value of a key.
enum class OnResume { kFixed, kMayChange };

/// One object of a config. Cheap to copy; refers to its Config, which must outlive it.
///
/// Each `read` looks the key up, checks type and range (throws Error naming file, key, value and
/// what was expected), leaves `value` at its default if the key is absent, and records key,
/// meaning, range, default and value: from these records come `latent config`, `latent list` and
/// the resolved copy a run keeps.
class Section {
 public:
  Section(Config& config, std::string pointer, std::string path);

  bool has(const std::string& key) const;
  /// "objective.kl": where this section stands, for messages.
  const std::string& path() const { return path_; }
  /// "file: objective.kl.weight", as errors begin.
  std::string where(const std::string& key) const;
  /// "file: objective.kl", of the section itself.
  std::string where() const;

  /// "got [3]" as the config says it, or "missing", for errors of a key that was read.
  std::string found(const std::string& key) const;

  /// Throws Error for a required key that was not given: for a key like it that nobody has read,
  /// which will be the same one misspelt, else as missing.
  [[noreturn]] void missing(const std::string& key, const std::string& expected) const;

  void read(const std::string& key, bool& value, std::string_view meaning);
  void read(const std::string& key, int64_t& value, Range range, std::string_view meaning,
            OnResume on_resume = OnResume::kFixed);
  void read(const std::string& key, double& value, Range range, std::string_view meaning,
            OnResume on_resume = OnResume::kFixed);
  void read(const std::string& key, std::string& value, std::string_view meaning);
  void read(const std::string& key, std::string& value, OneOf choices, std::string_view meaning);
  void read(const std::string& key, std::vector<int64_t>& value, Range range,
            std::string_view meaning);
  void read(const std::string& key, std::vector<std::string>& value, std::string_view meaning);

  /// The object under `key`; an empty one if absent.
  Section section(const std::string& key);

  /// A part chosen by name: `"key": "name"` or `"key": {"name": "name", ...options}`.
  Component component(const std::string& key, const std::string& default_name,
                      const std::vector<std::string>& names, std::string_view meaning,
                      OnResume on_resume = OnResume::kFixed);
  /// A list of such parts, empty by default.
  std::vector<Component> components(const std::string& key, const std::vector<std::string>& names,
                                    std::string_view meaning);

 private:
  const nlohmann::ordered_json* find(const std::string& key) const;
  [[noreturn]] void reject(const std::string& key, const std::string& expected) const;
  /// element: of the key's value, or the value itself, that is no integer of the range.
  [[noreturn]] void reject_integer(const std::string& key, const std::string& type,
                                   const nlohmann::ordered_json& element, Range range) const;
  Component named(const std::string& key, const std::string& default_name,
                  const std::vector<std::string>& names, std::string_view meaning,
                  OnResume on_resume = OnResume::kFixed);
  template <class T>
  void record(const std::string& key, const T& default_value, const T& value,
              const std::string& type, const std::string& range, std::string_view meaning,
              OnResume on_resume = OnResume::kFixed);

  Config* config_;
  std::string pointer_;  // JSON pointer, "/objective/kl"
  std::string path_;
};

/// A part chosen by name, and its options.
struct Component {
  std::string name;
  Section section;
};

}  // namespace latent
