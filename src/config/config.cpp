#include "config/config.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/system/file.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kLargestConfig = size_t{4} << 20;
constexpr int kDeepest = 32;

// Finds where a reader fails; nlohmann's message says so only for syntax errors.
struct FailurePlace : nlohmann::json_sax<Json> {
  size_t position = 0;  // bytes read
  std::string token;    // the last of them

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t at, const std::string& last,
                   const nlohmann::detail::exception&) override {
    position = at;
    token = last;
    return false;
  }
};

// Returns what to do about a comma before a closing bracket, or "".
std::string about_last_comma(std::string_view text) {
  FailurePlace failure;
  Json::sax_parse(text, &failure, Json::input_format_t::json, true, true);
  if (!failure.token.ends_with('}') && !failure.token.ends_with(']')) return "";
  const std::string_view before =
      text.substr(0, failure.position - std::min<size_t>(failure.position, 1));
  const size_t last = before.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos || before[last] != ',') return "";
  return std::string("; remove the comma before this ") + failure.token.back();
}

// Returns "line 3, column 25: " for the token at which the reader fails.
std::string failure_place(std::string_view text) {
  FailurePlace failure;
  Json::sax_parse(text, &failure, Json::input_format_t::json, true, true);
  const std::string_view before =
      text.substr(0, failure.position - std::min(failure.position, failure.token.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t start = before.rfind('\n') + 1;  // 0 on the first line
  return "line " + std::to_string(line) + ", column " + std::to_string(before.size() - start + 1) +
         ": ";
}

// Parses JSON with comments; throws Error for duplicate keys, of which nlohmann would keep the
// last.
Json parse_json(std::string_view text, const std::string& origin) {
  std::vector<std::set<std::string>> keys;
  std::vector<std::string> path;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kDeepest) throw Error(origin + ": nested deeper than " + std::to_string(kDeepest));
    const auto level = static_cast<size_t>(depth);
    if (event == Json::parse_event_t::object_start) {
      keys.resize(level + 1);
      path.resize(level + 1);
      keys[level].clear();
    } else if (event == Json::parse_event_t::key) {
      path.resize(level);
      path[level - 1] = parsed.get<std::string>();
      if (!keys[level - 1].insert(path[level - 1]).second) {
        std::string where;
        for (const auto& part : path)
          where += (where.empty() || part.empty() ? "" : ".") + part;
        throw Error(origin + ": " + where + ": duplicate key; expected each key once");
      }
    }
    return true;
  };
  try {
    return Json::parse(text, watch, true, true);
  } catch (
      const nlohmann::json::exception& failure) {  // a number out of range is not a parse_error
    const std::string message = failure.what();    // "[json.exception.name.id] what happened"
    const size_t end = message.find("] ");
    const bool placed = dynamic_cast<const Json::parse_error*>(&failure) != nullptr;
    throw Error(origin + ": not valid JSON: " + (placed ? "" : failure_place(text)) +
                (end == std::string::npos ? message : message.substr(end + 2)) +
                about_last_comma(text));
  }
}

// Returns the value as JSON, or as a string if it is not JSON.
Json setting_value(const std::string& setting) {
  const std::string text = setting.substr(setting.find('=') + 1);
  return Json::accept(text) ? parse_json(text, "--set " + setting) : Json(text);
}

bool is_utf8(const std::string& text) {
  try {
    return !Json(text).dump().empty();
  } catch (const Json::exception&) {
    return false;
  }
}

// Returns the path that the setting changed, or the outermost one that it added.
std::string apply_setting(Json& root, const std::string& setting) {
  if (!is_utf8(setting))
    throw UsageError("--set: bytes that are not UTF-8; a config is UTF-8 text");
  const size_t equals = setting.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError("--set " + setting + ": expected key.path=value, for example train.epochs=3");
  }
  Json* node = &root;
  std::string rest = setting.substr(0, equals), changed;
  bool added = false;
  if (std::count(rest.begin(), rest.end(), '.') >= kDeepest)
    throw UsageError("--set: a path nested deeper than " + std::to_string(kDeepest));
  while (true) {
    const size_t dot = rest.find('.');
    const std::string key = rest.substr(0, dot);
    if (key.empty()) throw UsageError("--set " + setting + ": empty key in the path");
    if (node->is_string()) *node = Json{{"name", *node}};  // the short form of a component
    if (!added) changed += (changed.empty() ? "" : ".") + key;
    if (node->is_array()) {
      const bool number = key.find_first_not_of("0123456789") == std::string::npos;
      if (!number || key.size() > 6 || std::stoul(key) >= node->size()) {
        throw UsageError("--set " + setting + ": the list has no element \"" + key + "\"");
      }
      node = &(*node)[std::stoul(key)];
    } else if (node->is_object() || node->is_null()) {
      added = added || !node->contains(key);
      node = &(*node)[key];
    } else {
      throw UsageError("--set " + setting + ": \"" + key +
                       "\" is inside a value that is not an object");
    }
    if (dot == std::string::npos) break;
    rest = rest.substr(dot + 1);
  }
  *node = setting_value(setting);
  return changed;
}

}  // namespace

Config::Config(Json source, std::string origin, std::set<std::string> set)
    : source_(std::move(source)), origin_(std::move(origin)), set_(std::move(set)) {}

Config Config::load(const std::filesystem::path& file, const std::vector<std::string>& settings) {
  return parse(read_file(file, kLargestConfig), file.string(), settings);
}

Config Config::parse(std::string_view text, const std::string& origin,
                     const std::vector<std::string>& settings) {
  Json source = parse_json(text, origin);
  if (!source.is_object()) throw Error(origin + ": expected an object {...} at the top");
  std::set<std::string> set;
  for (const auto& setting : settings)
    set.insert(apply_setting(source, setting));
  return {std::move(source), origin, std::move(set)};
}

Section Config::root() { return {*this, "", ""}; }

std::string Config::where(const std::string& path) const {
  for (std::string outer = path;; outer.resize(outer.rfind('.'))) {
    if (set_.contains(outer)) return "--set " + path;
    if (outer.find('.') == std::string::npos) return origin_ + ": " + path;
  }
}

std::string Config::resolved_text() const { return resolved_.dump(2) + "\n"; }

std::string json_pointer_of(const std::string& path) {
  std::string pointer = "/";
  pointer += path;
  std::replace(pointer.begin(), pointer.end(), '.', '/');
  return pointer;
}

void Config::settle(const std::string& path, const Json& value) {
  const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const ConfigEntry& each) { return each.path == path; });
  TORCH_CHECK(entry != entries_.end(), path, " was not read");
  entry->value = value;
  resolved_[Json::json_pointer(json_pointer_of(path))] = value;
}

void Config::check_sections(const std::vector<std::string>& names) const {
  for (const auto& [key, child] : source_.items()) {
    if (std::find(names.begin(), names.end(), key) == names.end())
      throw Error(where(key) + ": unknown key; " + did_you_mean(key, names));
  }
}

void Config::check_all_read() const { check_object(source_, "", ""); }

void Config::check_object(const Json& object, const std::string& pointer,
                          const std::string& path) const {
  for (const auto& [key, child] : object.items()) {
    const std::string child_pointer = pointer + "/" + key;
    const std::string child_path = path.empty() ? key : path + "." + key;
    const auto known = known_.find(child_pointer);
    // A key that contains a "/" is not a path to a known key.
    if (known == known_.end() || key.find('/') != std::string::npos) {
      std::vector<std::string> siblings;
      for (const auto& [other, leaf] : known_) {
        if (other.starts_with(pointer + "/") &&
            other.find('/', pointer.size() + 1) == std::string::npos) {
          siblings.push_back(other.substr(pointer.size() + 1));
        }
      }
      if (const auto offered = offered_.find(pointer); offered != offered_.end()) {
        for (const auto& other : offered->second) {
          if (std::find(siblings.begin(), siblings.end(), other) == siblings.end())
            siblings.push_back(other);
        }
      }
      throw Error(where(child_path) + ": unknown key; " + did_you_mean(key, siblings));
    }
    if (!known->second && child.is_structured()) check_object(child, child_pointer, child_path);
  }
}

}  // namespace latent
