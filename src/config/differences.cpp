#include "config/differences.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace latent {
namespace {

using Json = nlohmann::ordered_json;
using Leaves = std::vector<std::pair<std::string, std::string>>;

// The values below `json` by their paths. Lists of sections, such as corruptions, are taken apart.
void add_leaves(Leaves& leaves, const Json& json, const std::string& path) {
  const bool sections =
      json.is_array() && !json.empty() &&
      std::all_of(json.begin(), json.end(), [](const Json& each) { return each.is_object(); });
  if (!json.is_object() && !sections) {
    leaves.emplace_back(path, json.dump(-1, ' ', false, Json::error_handler_t::replace));
    return;
  }
  for (const auto& [key, value] : json.items())
    add_leaves(leaves, value, path.empty() ? key : path + "." + key);
}

}  // namespace

std::vector<ConfigDifference> config_differences(const std::vector<Json>& configs) {
  std::vector<ConfigDifference> all;
  std::map<std::string, size_t> places;
  for (size_t i = 0; i < configs.size(); ++i) {
    Leaves leaves;
    add_leaves(leaves, configs[i], "");
    for (const auto& [key, value] : leaves) {
      const auto [place, first] = places.emplace(key, all.size());
      if (first) all.push_back({key, std::vector<std::string>(configs.size())});
      all[place->second].values[i] = value;
    }
  }
  std::erase_if(all, [](const ConfigDifference& each) {
    return std::all_of(each.values.begin(), each.values.end(),
                       [&](const std::string& value) { return value == each.values.front(); });
  });
  return all;
}

}  // namespace latent
