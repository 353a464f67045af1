#include "session/sweep/plan.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/error.h"
#include "core/text/split.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kPlanFormat = 1;
constexpr int kDeepestPlan = 40;  // a config in it may be as deep as one alone

// The last part of each key, or the whole key where two have the same last part.
std::vector<std::string> short_names(const std::vector<SweptKey>& over) {
  std::vector<std::string> names;
  for (const auto& each : over)
    names.push_back(each.key.substr(each.key.rfind('.') + 1));
  std::vector<std::string> result;
  for (size_t i = 0; i < over.size(); ++i)
    result.push_back(std::count(names.begin(), names.end(), names[i]) > 1 ? over[i].key : names[i]);
  return result;
}

// Throws a type_error of nlohmann for other numbers, which it would cut off.
int64_t whole_number(const Json& json) {
  return json.is_number_integer() ? json.get<int64_t>() : json.get_ref<const int64_t&>();
}

std::vector<std::string> words_of(const Json& json) {
  std::vector<std::string> words;
  for (const auto& each : json)
    words.push_back(each.get<std::string>());
  return words;
}

}  // namespace

size_t SweepPlan::combinations() const {
  size_t count = 1;
  for (const auto& each : over)
    count *= each.values.size();
  return count;
}

std::vector<std::string> SweepPlan::values(size_t combination) const {
  std::vector<std::string> chosen(over.size());
  for (size_t i = over.size(); i-- > 0;) {
    const auto& values = over[i].values;
    chosen[i] = values[combination % values.size()];
    combination /= values.size();
  }
  return chosen;
}

std::vector<SweepRun> SweepPlan::runs() const {
  const auto names = short_names(over);
  std::vector<SweepRun> all;
  for (const int64_t seed : seeds) {
    for (size_t combination = 0; combination < combinations(); ++combination) {
      const auto chosen = values(combination);
      std::string name;
      for (size_t i = 0; i < names.size(); ++i)
        name += names[i] + "=" + chosen[i] + "-";
      // The number makes names different that are cut or hold other letters.
      all.push_back({fmt::format("{:03}-{}", all.size() + 1,
                                 in_file_name(name + "seed=" + std::to_string(seed))),
                     combination, seed});
    }
  }
  return all;
}

std::vector<std::string> SweepPlan::settings(const SweepRun& run) const {
  const auto chosen = values(run.combination);
  std::vector<std::string> all;
  for (size_t i = 0; i < over.size(); ++i)
    all.push_back(over[i].key + "=" + chosen[i]);
  all.push_back("train.seed=" + std::to_string(run.seed));
  return all;
}

Json SweepPlan::to_json() const {
  Json json{{"format", kPlanFormat}, {"config", config},       {"over", Json::array()},
            {"seeds", seeds},        {"evaluate", evaluation}, {"runs", Json::array()}};
  for (const auto& each : over)
    json["over"].push_back({{"key", each.key}, {"values", each.values}});
  for (const auto& run : runs())
    json["runs"].push_back(run.name);
  return json;
}

SweepPlan SweepPlan::from_text(const std::string& text, const std::string& origin) {
  const auto watch = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > kDeepestPlan) throw Error(origin + ": damaged; expected the plan of a sweep");
    return true;
  };
  return from_json(Json::parse(text, watch, /*allow_exceptions=*/false), origin);
}

SweepPlan SweepPlan::from_json(const Json& json, const std::string& origin) try {
  if (whole_number(json.at("format")) > kPlanFormat)
    throw Error(origin + ": made by a newer latent; update latent");
  SweepPlan plan{.config = json.at("config"),
                 .over = {},
                 .seeds = {},
                 .evaluation = words_of(json.at("evaluate"))};
  for (const auto& seed : json.at("seeds"))
    plan.seeds.push_back(whole_number(seed));
  size_t count = plan.seeds.size();
  for (const auto& each : json.at("over")) {
    plan.over.push_back({each.at("key").get<std::string>(), words_of(each.at("values"))});
    count *= plan.over.back().values.size();
    if (count == 0 || count > kMostSweepRuns) break;
  }
  if (count == 0 || count > kMostSweepRuns || !plan.config.is_object())
    throw Error(origin + ": damaged; expected the plan of a sweep");
  return plan;
} catch (const nlohmann::json::exception&) {
  throw Error(origin + ": damaged; expected the plan of a sweep");
}

}  // namespace latent
