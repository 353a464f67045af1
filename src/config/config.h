// A config file: JSON with // comments, changed by --set, read through sections, kept as a resolved
// copy.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "config/section.h"

namespace latent {

/// Returns the JSON pointer of a key: "/objective/kl/weight" of "objective.kl.weight".
std::string json_pointer_of(const std::string& path);

/// One key as it was read; `latent config` and `latent list` print it.
struct ConfigEntry {
  std::string path;   // "objective.kl.weight"
  std::string type;   // "number", "integer", "string", ...
  std::string range;  // ">= 0", "adam|adamw|sgd", or ""
  std::string meaning;
  nlohmann::ordered_json default_value;
  nlohmann::ordered_json value;
  bool given = false;  // by the file or by --set
  OnResume on_resume = OnResume::kFixed;
};

class Config {
 public:
  /// Reads a file and applies `settings` ("a.b=value", JSON values or bare words).
  /// Throws Error for a missing file, a syntax error (with line and column), a duplicate key, a
  /// malformed setting.
  static Config load(const std::filesystem::path& file,
                     const std::vector<std::string>& settings = {});
  /// Reads text instead of a file; `origin` names it in messages.
  static Config parse(std::string_view text, const std::string& origin,
                      const std::vector<std::string>& settings = {});

  Section root();

  /// Throws Error for a top-level key that is not in `names`. Call it before the sections are read,
  /// so that a misspelt section is reported instead of a missing one.
  void check_sections(const std::vector<std::string>& names) const;

  /// Throws Error for the first key that no section has read, with the nearest known key of its
  /// section.
  void check_all_read() const;

  /// Returns every key that was read, with its value; a run keeps it as config.json.
  const nlohmann::ordered_json& resolved() const { return resolved_; }
  std::string resolved_text() const;
  /// Replaces a value that was read, such as "auto", by the one decided at run time.
  void settle(const std::string& path, const nlohmann::ordered_json& value);
  /// Returns the keys that were given, by the file or by --set.
  const nlohmann::ordered_json& source() const { return source_; }
  const std::vector<ConfigEntry>& entries() const { return entries_; }
  const std::string& origin() const { return origin_; }
  /// Returns how errors about a key begin: "file: train.epochs", or "--set train.epochs" if --set
  /// gave its value.
  std::string where(const std::string& path) const;

 private:
  friend class Section;

  Config(nlohmann::ordered_json source, std::string origin, std::set<std::string> set);
  void check_object(const nlohmann::ordered_json& object, const std::string& pointer,
                    const std::string& path) const;

  nlohmann::ordered_json source_;
  nlohmann::ordered_json resolved_ = nlohmann::ordered_json::object();
  std::map<std::string, bool> known_;  // JSON pointers read so far; true: a value, false: a section
  std::map<std::string, std::vector<std::string>> offered_;  // by section, keys it could have
  std::vector<ConfigEntry> entries_;
  std::string origin_;
  std::set<std::string> set_;  // paths that --set changed or added, each the outermost
};

}  // namespace latent
