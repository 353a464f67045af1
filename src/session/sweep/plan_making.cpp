// How a sweep's plan is made from the command line, and checked.
#include <spdlog/fmt/fmt.h>

#include <set>

#include "config/differences.h"
#include "core/error.h"
#include "core/text/suggest.h"
#include "session/experiment.h"
#include "session/sweep/plan.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

// Splits at commas outside brackets, braces and quotes.
std::vector<std::string> split_values(const std::string& text) {
  std::vector<std::string> values{""};
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (letter == '"' && (i == 0 || text[i - 1] != '\\')) quoted = !quoted;
    if (!quoted && (letter == '[' || letter == '{')) ++depth;
    if (!quoted && (letter == ']' || letter == '}')) --depth;
    if (letter == ',' && !quoted && depth == 0) {
      values.emplace_back();
    } else {
      values.back() += letter;
    }
  }
  return values;
}

// Throws UsageError for keys of which one is the other, or a section with the other in it.
void expect_apart(const std::vector<SweptKey>& over) {
  for (size_t i = 0; i < over.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      const std::string a = over[k].key + ".", b = over[i].key + ".";
      if (a.starts_with(b) || b.starts_with(a)) {
        throw UsageError("--over " + over[i].key + ": --over " + over[k].key +
                         " already changes it; expected each key once");
      }
    }
    const std::string key = over[i].key + ".";
    if (key == "train.seed." || key == "train.")
      throw UsageError("--over " + over[i].key + ": the seeds are those of --seeds N");
  }
}

// A message about --set that is about a value of --over.
std::string named_as_over(const std::string& message, const std::vector<SweptKey>& over) {
  const std::string flag = "--set ";
  if (!message.starts_with(flag)) return message;
  for (const auto& each : over) {
    if (message.substr(flag.size()).starts_with(each.key))
      return "--over " + message.substr(flag.size());
  }
  return message;
}

// Reads every combination's config, whose failures name --over.
void check_combinations(const SweepPlan& plan, const std::string& origin) {
  const std::string text = plan.config.dump();
  for (const auto& run : plan.runs()) {
    if (run.seed != plan.seeds.front()) break;  // other seeds change nothing that is checked
    try {
      Config config = Config::parse(text, origin, plan.settings(run));
      read_experiment(config);
    } catch (const UsageError& failure) {
      throw UsageError(named_as_over(failure.what(), plan.over));
    } catch (const Error& failure) {
      throw Error(named_as_over(failure.what(), plan.over));
    }
  }
}

}  // namespace

SweptKey parse_over(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError("--over " + text +
                     ": expected KEY=VALUE,VALUE,..., for example objective.kl.weight=1,2,4");
  }
  SweptKey swept{text.substr(0, equals), split_values(text.substr(equals + 1))};
  std::set<std::string> seen;
  for (const auto& value : swept.values) {
    if (value.empty()) throw UsageError("--over " + text + ": a value is empty");
    if (!seen.insert(value).second)
      throw UsageError("--over " + text + ": " + value +
                       " is given twice; expected each value once");
  }
  return swept;
}

SweepPlan make_sweep_plan(Config config, const std::vector<SweptKey>& over, int64_t seeds,
                          const std::vector<std::string>& evaluation) {
  expect_apart(over);
  const int64_t first = read_experiment(config).train.seed;
  SweepPlan plan{.config = config.source(), .over = over, .seeds = {}, .evaluation = evaluation};
  auto count = static_cast<size_t>(seeds);
  for (const auto& each : over) {
    count *= each.values.size();
    if (count > kMostSweepRuns)
      throw UsageError(fmt::format("--over: more than {} trainings", kMostSweepRuns));
  }
  for (int64_t i = 0; i < seeds; ++i)
    plan.seeds.push_back(first + i);
  check_combinations(plan, config.origin());
  return plan;
}

void expect_same_plan(const SweepPlan& found, const SweepPlan& asked, const std::string& folder) {
  const auto keys = [](const SweepPlan& plan) {
    Json json{{"--over", Json::object()},
              {"--seeds", plan.seeds},
              {"evaluate", Json(join(plan.evaluation, " "))},
              {"config", plan.config}};
    for (const auto& each : plan.over)
      json["--over"][each.key] = each.values;
    return json;
  };
  const auto differences = config_differences({keys(asked), keys(found)});
  if (differences.empty()) return;
  const auto& first = differences.front();
  const auto shown = [](const std::string& value) { return value.empty() ? "not given" : value; };
  throw Error(
      fmt::format("{}: holds a sweep of another plan: {} is {}, was {}; expected another "
                  "folder, or the same plan: latent sweep --out {}",
                  folder, first.key, shown(first.values[0]), shown(first.values[1]), folder));
}

}  // namespace latent
