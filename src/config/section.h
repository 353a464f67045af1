// Typed and checked reading of a config: the class that uses a key reads it once, with its range
// and its meaning.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "config/range.h"
#include "core/registry.h"

namespace latent {

class Config;
struct Component;

/// The words a key accepts.
struct OneOf {
  std::vector<std::string> words;
};

/// States whether a resumed run may be given another value of a key; kSameData: the key only says
/// where the data lie, and may change if the same data lie there.
enum class OnResume { kFixed, kMayChange, kSameData };

/// An object of a config. Cheap to copy; refers to its Config, which must outlive it.
///
/// Each `read` looks the key up, checks type and range (throws Error naming file, key, value and
/// what was expected), leaves `value` at its default if the key is absent, and records key,
/// meaning, range, default and value. `latent config`, `latent list` and the resolved copy that a
/// run keeps are made from these records.
class Section {
 public:
  Section(Config& config, std::string pointer, std::string path);

  bool has(const std::string& key) const;
  /// Returns the path of this section, "objective.kl", for messages.
  const std::string& path() const { return path_; }
  /// Returns how errors about a key begin: "file: objective.kl.weight", or "--set
  /// objective.kl.weight" if --set gave the value.
  std::string where(const std::string& key) const;
  /// Returns how errors about the section itself begin: "file: objective.kl".
  std::string where() const;

  /// Returns "got [3]", with the value as it is written in the config, or "missing"; for errors
  /// about a key that was read.
  std::string found(const std::string& key) const;

  /// Throws Error for a required key that was not given. Names a similar key that was not read, as
  /// a misspelling, if there is one.
  [[noreturn]] void missing(const std::string& key, const std::string& expected) const;

  void read(const std::string& key, bool& value, std::string_view meaning);
  void read(const std::string& key, int64_t& value, Range range, std::string_view meaning,
            OnResume on_resume = OnResume::kFixed);
  void read(const std::string& key, double& value, Range range, std::string_view meaning,
            OnResume on_resume = OnResume::kFixed);
  void read(const std::string& key, std::string& value, std::string_view meaning,
            OnResume on_resume = OnResume::kFixed);
  void read(const std::string& key, std::string& value, OneOf choices, std::string_view meaning);
  void read(const std::string& key, std::vector<int64_t>& value, Range range,
            std::string_view meaning);
  void read(const std::string& key, std::vector<std::string>& value, std::string_view meaning);

  /// States whether a resumed run may be given another value of a key that was read, where that
  /// depends on the value.
  void set_on_resume(const std::string& key, OnResume on_resume);

  /// Names keys that this section could have, for the message about an unknown one.
  void offer(const std::vector<std::string>& keys);

  /// Returns whether the value of an optional section is null, which switches the section off even
  /// if it is there by default. Records the null, so that the resolved copy keeps it.
  bool switched_off(const std::string& key);

  /// Returns the object under `key`, an empty one if it is absent.
  Section section(const std::string& key);

  /// Reads a part chosen by name: `"key": "name"` or `"key": {"name": "name", ...options}`.
  Component component(const std::string& key, const std::string& default_name,
                      const std::vector<std::string>& names, std::string_view meaning,
                      OnResume on_resume = OnResume::kFixed);
  /// Reads a list of such parts, which is empty by default.
  std::vector<Component> components(const std::string& key, const std::vector<std::string>& names,
                                    std::string_view meaning);

 private:
  std::string path_of(const std::string& key) const;
  const nlohmann::ordered_json* find(const std::string& key) const;
  [[noreturn]] void reject(const std::string& key, const std::string& expected) const;
  /// element: the value, or an element of it, that is not an integer in the range.
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
