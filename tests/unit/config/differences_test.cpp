#include "config/differences.h"

#include <nlohmann/json.hpp>

#include "unit/expect.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

TEST(ConfigDifferences, NameTheKeysAndEachValue) {
  const auto found = config_differences(
      {Json::parse(R"({"a": {"x": 1, "y": "s"}, "b": [1, 2], "c": [{"name": "n", "std": 0.5}]})"),
       Json::parse(R"({"a": {"x": 2, "y": "s"}, "b": [1, 2], "c": [{"name": "n", "std": 0.1}],
                       "d": null})"),
       Json::parse(R"({"a": {"x": 1, "y": "s"}, "b": [1, 2], "c": []})")});
  std::vector<std::string> lines;
  for (const auto& each : found)
    lines.push_back(each.key + ": " + each.values[0] + "|" + each.values[1] + "|" + each.values[2]);
  EXPECT_EQ(lines, (std::vector<std::string>{"a.x: 1|2|1", "c.0.name: \"n\"|\"n\"|",
                                             "c.0.std: 0.5|0.1|", "d: |null|", "c: ||[]"}));
}

TEST(ConfigDifferences, OfEqualConfigsAreNone) {
  const Json json = Json::parse(R"({"a": {"x": 1}})");
  EXPECT_TRUE(config_differences({json, json}).empty());
  EXPECT_TRUE(config_differences({json}).empty());
}

}  // namespace
}  // namespace latent
