// A config file: JSON with // comments, changed by --set, read through sections, kept as a resolved
// copy.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "config/section.h"

namespace latent {

/// One key as it was read: what `latent config` and `latent list` print.
struct ConfigEntry {
  std::string path;   // "objective.kl.weight"
  std::string type;   // "number", "integer", "text", ...
  std::string range;  // ">= 0", "adam|adamw|sgd", or ""
  std::string meaning;
  nlohmann::ordered_json default_value;
  nlohmann::ordered_json value;
  bool given = false;  // stood in the file or came from --set
  bool may_change_on_resume = false;
};

class Config {
 public:
  /// Reads a file and applies `settings` ("a.b=value", JSON values or bare words).
  /// Throws Error for a missing file, a syntax error (with line and column), a duplicate key, a
  /// malformed setting.
  static Config load(const std::filesystem::path& file,
                     const std::vector<std::string>& settings = {});
  /// The same for text; `origin` names it in messages.
  static Config parse(std::string_view text, const std::string& origin,
                      const std::vector<std::string>& settings = {});

  Section root();

  /// Throws Error for a key at the top that is none of `names`: before what it was meant to be is
  /// missed.
  void check_sections(const std::vector<std::string>& names) const;

  /// Throws Error for the first key that no section has read, with the nearest known key of its
  /// section.
  void check_all_read() const;

  /// Every key that was read, with its value: what a run keeps as config.json.
  const nlohmann::ordered_json& resolved() const { return resolved_; }
  std::string resolved_text() const;
  /// Puts what was decided at run time in the place of a key that was read, such as "auto".
  void settle(const std::string& path, const nlohmann::ordered_json& value);
  const std::vector<ConfigEntry>& entries() const { return entries_; }
  const std::string& origin() const { return origin_; }

 private:
  friend class Section;

  Config(nlohmann::ordered_json source, std::string origin);
  void check_object(const nlohmann::ordered_json& object, const std::string& pointer,
                    const std::string& path) const;

  nlohmann::ordered_json source_;
  nlohmann::ordered_json resolved_ = nlohmann::ordered_json::object();
  std::map<std::string, bool> known_;  // JSON pointers read so far; true: a value, false: a section
  std::vector<ConfigEntry> entries_;
  std::string origin_;
};

}  // namespace latent
