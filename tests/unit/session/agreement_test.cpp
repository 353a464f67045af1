#include "session/agreement.h"

#include <nlohmann/json.hpp>

#include "unit/experiments.h"
#include "unit/twin.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

// What both processes say of these facts.
std::string verdict(const Json& first, const Json& second) {
  std::string said[2];
  in_both([&](const World& world) {
    said[world.rank()] = error_of(
        [&] { expect_agreement(world, world.leads() ? first : second, "the same in all"); });
  });
  EXPECT_EQ(said[0], said[1]);
  return said[0];
}

TEST(Agreement, TheSameFactsPass) {
  EXPECT_EQ(verdict({{"a", 1}, {"b", {{"c", "x"}}}}, {{"a", 1}, {"b", {{"c", "x"}}}}), "");
}

TEST(Agreement, ADifferenceIsNamedInBoth) {
  EXPECT_EQ(verdict({{"train", {{"batch_size", 32}}}}, {{"train", {{"batch_size", 64}}}}),
            "rank 1 has something other than rank 0: train.batch_size is 64, not 32; expected the "
            "same in all");
}

TEST(Agreement, AKeyThatOneLacks) {
  EXPECT_EQ(verdict({{"a", 1}}, {{"a", 1}, {"b", 2}}),
            "rank 1 has something other than rank 0: b is 2, not absent; expected the same in all");
}

TEST(Agreement, ThreeDifferencesAreNamed) {
  EXPECT_EQ(
      verdict({{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}}, {{"a", 2}, {"b", 2}, {"c", 2}, {"d", 2}}),
      "rank 1 has something other than rank 0: a is 2, not 1, b is 2, not 1, c is 2, not 1, "
      "...; expected the same in all");
}

TEST(Agreement, TheDataAndTheDevice) {
  in_both([](const World& world) {
    const DataFingerprint data{.training = {.count = world.leads() ? 10 : 11, .digest = 5},
                               .validation = {.count = 2, .digest = 6}};
    EXPECT_EQ(error_of([&] { expect_same_work(world, c10::kCPU, data); }),
              "rank 1 has something other than rank 0: training.examples is 11, not 10; expected "
              "the same data and kind of device (--device) in all processes of a training");
  });
}

}  // namespace
}  // namespace latent
