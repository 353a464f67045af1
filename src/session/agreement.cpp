#include "session/agreement.h"

#include <spdlog/fmt/fmt.h>
#include <torch/version.h>

#include <nlohmann/json.hpp>

#include "config/differences.h"
#include "core/error.h"
#include "core/text/suggest.h"
#include "core/version.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostNamed = 3;  // differences in a message

std::string or_absent(const std::string& value) { return value.empty() ? "absent" : value; }

// "train.batch_size is 64, not 32" for the keys that differ; "" if none does.
std::string disagreement(const Json& of_leader, const Json& other) {
  std::vector<std::string> named;
  for (const auto& [key, values] : config_differences({of_leader, other})) {
    if (named.size() == kMostNamed) {
      named.emplace_back("...");
      break;
    }
    named.push_back(
        fmt::format("{} is {}, not {}", key, or_absent(values[1]), or_absent(values[0])));
  }
  return join(named);
}

Json split_facts(const SplitFingerprint& split) {
  return {{"examples", split.count}, {"digest", split.digest}};
}

}  // namespace

void expect_agreement(const World& world, const Json& facts, const std::string& remedy) {
  if (world.is_alone()) return;
  const auto texts = world.gather(facts.dump());
  for (size_t rank = 1; rank < texts.size(); ++rank) {
    if (texts[rank] == texts[0]) continue;
    const std::string differs = disagreement(Json::parse(texts[0]), Json::parse(texts[rank]));
    if (differs.empty()) continue;  // only the order of keys
    throw Error(fmt::format("rank {} has something other than rank 0: {}; expected {}", rank,
                            differs, remedy));
  }
}

void expect_same_program(const World& world, const Config& config) {
  if (world.is_alone()) return;
  Json facts = config.resolved();
  for (const auto& entry : config.entries()) {
    if (entry.on_resume != OnResume::kSameData) continue;
    facts[Json::json_pointer(json_pointer_of(entry.path))] = "";
  }
  facts["latent"] = {{"version", version()}, {"revision", git_revision()}};
  facts["torch"] = TORCH_VERSION;
  expect_agreement(world, facts,
                   "the same config, --set and program in all processes of a training");
}

void expect_same_work(const World& world, const c10::Device& device, const DataFingerprint& data) {
  if (world.is_alone()) return;
  const Json facts{{"device", device.is_cuda() ? "a GPU" : "a CPU"},
                   {"training", split_facts(data.training)},
                   {"validation", split_facts(data.validation)}};
  expect_agreement(world, facts,
                   "the same data and kind of device (--device) in all processes of a training");
}

}  // namespace latent
