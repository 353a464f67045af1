// Reading of parts that are chosen by name: {"name": ..., options}.
#include <algorithm>

#include "config/config.h"
#include "config/section.h"
#include "core/error.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

Component Section::named(const std::string& key, const std::string& default_name,
                         const std::vector<std::string>& names, std::string_view meaning,
                         OnResume on_resume) {
  Json* node = const_cast<Json*>(find(key));
  if (node != nullptr && node->is_string()) *node = Json{{"name", *node}};  // the short form
  if (node != nullptr && !node->is_object()) {
    reject(key, "a name or an object {\"name\": ...}; known: " + join(names));
  }
  Section options = section(key);
  std::string name = default_name;
  options.read("name", name, meaning);
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    throw Error(options.where("name") + ": unknown name \"" + name + "\"; " +
                did_you_mean(name, names));
  }
  for (auto& entry : config_->entries_) {
    if (entry.path != options.path_ + ".name") continue;
    entry.range = join(names, "|");
    entry.on_resume = on_resume;
  }
  return {name, options};
}

Component Section::component(const std::string& key, const std::string& default_name,
                             const std::vector<std::string>& names, std::string_view meaning,
                             OnResume on_resume) {
  return named(key, default_name, names, meaning, on_resume);
}

std::vector<Component> Section::components(const std::string& key,
                                           const std::vector<std::string>& names,
                                           std::string_view meaning) {
  Json* node = const_cast<Json*>(find(key));
  if (node != nullptr && (node->is_string() || node->is_object()))
    *node = Json::array({*node});  // one part alone
  if (node != nullptr && !node->is_array()) reject(key, "a list [...] of " + join(names));
  Json given = Json::array();
  for (size_t i = 0; node != nullptr && i < node->size(); ++i) {
    const Json& part = (*node)[i];
    given.push_back(part.is_object() && part.contains("name") ? part.at("name") : part);
  }
  if (config_->known_.emplace(pointer_ + "/" + key, false).second) {
    config_->entries_.push_back({.path = path_of(key),
                                 .type = "list of",
                                 .range = join(names, "|"),
                                 .meaning = std::string(meaning),
                                 .default_value = Json::array(),
                                 .value = given,
                                 .given = has(key)});
  }
  const Json::json_pointer resolved(pointer_ + "/" + key);
  if (!config_->resolved_.contains(resolved)) config_->resolved_[resolved] = Json::array();
  std::vector<Component> parts;
  for (size_t i = 0; node != nullptr && i < node->size(); ++i) {
    Section list(*config_, pointer_ + "/" + key, path_of(key));
    const std::string index = std::to_string(i);
    if (!(*node)[i].is_string() && !((*node)[i].is_object() && (*node)[i].contains("name"))) {
      list.reject(index, "a name or an object {\"name\": ...}; known: " + join(names));
    }
    parts.push_back(list.named(index, "", names, meaning));
  }
  return parts;
}

}  // namespace latent
