#include "config/section.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "config/config.h"
#include "core/error.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

std::string shown(const Json& value) {
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

constexpr int64_t kLargestInteger = int64_t{1} << 62;
constexpr double kLargestWhole = 9e15;  // of numbers written as 1e6

std::optional<int64_t> as_integer(const Json& node) {
  if (node.is_number_unsigned() && node.get<uint64_t>() > uint64_t{kLargestInteger})
    return std::nullopt;
  if (node.is_number_integer()) return node.get<int64_t>();
  if (!node.is_number_float()) return std::nullopt;
  const double value = node.get<double>();
  if (value != std::floor(value) || std::abs(value) > kLargestWhole) return std::nullopt;
  return static_cast<int64_t>(value);
}

std::string with_range(const std::string& type, const std::string& range) {
  if (!range.empty() && range.front() != '>' && range.front() != '<') return range;  // "1 or 3"
  return range.empty() ? type : type + " " + range;
}

}  // namespace

Section::Section(Config& config, std::string pointer, std::string path)
    : config_(&config), pointer_(std::move(pointer)), path_(std::move(path)) {}

std::string Section::path_of(const std::string& key) const {
  return path_.empty() ? key : path_ + "." + key;
}

std::string Section::where(const std::string& key) const { return config_->where(path_of(key)); }

std::string Section::where() const { return config_->where(path_); }

const Json* Section::find(const std::string& key) const {
  const Json::json_pointer pointer(pointer_ + "/" + key);
  return config_->source_.contains(pointer) ? &config_->source_.at(pointer) : nullptr;
}

std::string Section::found(const std::string& key) const {
  const Json* node = find(key);
  return node == nullptr ? "missing" : "got " + shown(*node);
}

bool Section::has(const std::string& key) const { return find(key) != nullptr; }

void Section::reject(const std::string& key, const std::string& expected) const {
  throw Error(where(key) + ": got " + shown(*find(key)) + "; expected " + expected);
}

void Section::reject_integer(const std::string& key, const std::string& type, const Json& element,
                             Range range) const {
  // For a value beyond what any key takes, that bound is reported.
  const double value = element.is_number() ? element.get<double>() : 0;
  const double most = element.is_number_float() ? kLargestWhole : double{kLargestInteger};
  if (value >= most) range.high = std::min(range.high, most);
  if (value <= -most) range.low = std::max(range.low, -most);
  reject(key, with_range(type, range.text()));
}

void Section::missing(const std::string& key, const std::string& expected) const {
  const Json::json_pointer here(pointer_);
  std::vector<std::string> unread;
  if (config_->source_.contains(here)) {
    for (const auto& [other, value] : config_->source_.at(here).items()) {
      if (!config_->known_.contains(pointer_ + "/" + other)) unread.push_back(other);
    }
  }
  const std::string misspelt = nearest(key, unread);
  if (!misspelt.empty()) throw Error(where(misspelt) + ": unknown key; did you mean " + key + "?");
  throw Error(where(key) + ": missing; expected " + expected);
}

template <class T>
void Section::record(const std::string& key, const T& default_value, const T& value,
                     const std::string& type, const std::string& range, std::string_view meaning,
                     OnResume on_resume) {
  const std::string pointer = pointer_ + "/" + key;
  config_->resolved_[Json::json_pointer(pointer)] = value;
  if (config_->known_.contains(pointer)) return;
  config_->known_[pointer] = true;
  config_->entries_.push_back({.path = path_of(key),
                               .type = type,
                               .range = range,
                               .meaning = std::string(meaning),
                               .default_value = default_value,
                               .value = value,
                               .given = has(key),
                               .on_resume = on_resume});
}

void Section::read(const std::string& key, bool& value, std::string_view meaning) {
  const bool before = value;
  if (const Json* node = find(key)) {
    if (!node->is_boolean()) reject(key, "true or false");
    value = node->get<bool>();
  }
  record(key, before, value, "true|false", "", meaning);
}

void Section::read(const std::string& key, int64_t& value, Range range, std::string_view meaning,
                   OnResume on_resume) {
  const int64_t before = value;
  if (const Json* node = find(key)) {
    const auto number = as_integer(*node);
    if (!number || !range.contains(static_cast<double>(*number)))
      reject_integer(key, "an integer", *node, range);
    value = *number;
  }
  record(key, before, value, "integer", range.text(), meaning, on_resume);
}

void Section::read(const std::string& key, double& value, Range range, std::string_view meaning,
                   OnResume on_resume) {
  const double before = value;
  if (const Json* node = find(key)) {
    if (!node->is_number() || !range.contains(node->get<double>())) {
      reject(key, with_range("a number", range.text()));
    }
    value = node->get<double>();
  }
  record(key, before, value, "number", range.text(), meaning, on_resume);
}

void Section::read(const std::string& key, std::string& value, std::string_view meaning,
                   OnResume on_resume) {
  const std::string before = value;
  if (const Json* node = find(key)) {
    if (!node->is_string()) reject(key, "a string");
    value = node->get<std::string>();
  }
  record(key, before, value, "string", "", meaning, on_resume);
}

void Section::read(const std::string& key, std::string& value, OneOf choices,
                   std::string_view meaning) {
  const std::string before = value;
  if (const Json* node = find(key)) {
    if (!node->is_string()) reject(key, "one of " + join(choices.words));
    value = node->get<std::string>();
    if (std::find(choices.words.begin(), choices.words.end(), value) == choices.words.end()) {
      reject(key, "one of " + join(choices.words));
    }
  }
  record(key, before, value, "one of", join(choices.words, "|"), meaning);
}

void Section::read(const std::string& key, std::vector<int64_t>& value, Range range,
                   std::string_view meaning) {
  const auto before = value;
  if (const Json* node = find(key)) {
    const std::string type = "a list of integers";
    if (!node->is_array() && !node->is_number()) reject(key, with_range(type, range.text()));
    value.clear();
    for (const auto& element : node->is_array() ? *node : Json::array({*node})) {  // 2 means [2]
      const auto number = as_integer(element);
      if (!number || !range.contains(static_cast<double>(*number)))
        reject_integer(key, type, element, range);
      value.push_back(*number);
    }
  }
  record(key, before, value, "list of integers", range.text(), meaning);
}

void Section::read(const std::string& key, std::vector<std::string>& value,
                   std::string_view meaning) {
  const auto before = value;
  if (const Json* node = find(key)) {
    if (!node->is_array()) reject(key, "a list of strings");
    value.clear();
    for (const auto& element : *node) {
      if (!element.is_string()) reject(key, "a list of strings");
      value.push_back(element.get<std::string>());
    }
  }
  record(key, before, value, "list of strings", "", meaning);
}

void Section::set_on_resume(const std::string& key, OnResume on_resume) {
  for (auto& entry : config_->entries_)
    if (entry.path == path_of(key)) entry.on_resume = on_resume;
}

void Section::offer(const std::vector<std::string>& keys) { config_->offered_[pointer_] = keys; }

bool Section::switched_off(const std::string& key) {
  const Json* node = find(key);
  if (node == nullptr || !node->is_null()) return false;
  record(key, Json(), Json(), "section", "", "null: switched off");
  return true;
}

Section Section::section(const std::string& key) {
  const Json* node = find(key);
  if (node != nullptr && !node->is_object()) reject(key, "an object {...}");
  config_->known_.emplace(pointer_ + "/" + key, false);
  return {*config_, pointer_ + "/" + key, path_of(key)};
}

}  // namespace latent
