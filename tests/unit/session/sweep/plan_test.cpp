#include "session/sweep/plan.h"

#include "unit/expect.h"

namespace latent {
namespace {

using Words = std::vector<std::string>;

Config shapes(const std::vector<std::string>& settings = {}) {
  return Config::parse(R"({"data": {"name": "shapes"}, "train": {"seed": 5}})", "s.json", settings);
}

SweepPlan plan_of(const Words& over, int64_t seeds = 1) {
  std::vector<SweptKey> keys;
  for (const auto& text : over)
    keys.push_back(parse_over(text));
  return make_sweep_plan(shapes(), keys, seeds, {"--split", "test"});
}

TEST(ParseOver, SplitsAtCommasBetweenValues) {
  const SweptKey swept = parse_over("model.encoder.channels=[16,32],[8],\"a,b\",{\"x\":[1,2]}");
  EXPECT_EQ(swept.key, "model.encoder.channels");
  EXPECT_EQ(swept.values, (Words{"[16,32]", "[8]", "\"a,b\"", "{\"x\":[1,2]}"}));
  expect_error([] { parse_over("train.epochs"); },
               "--over train.epochs: expected KEY=VALUE,VALUE,..., for example "
               "objective.kl.weight=1,2,4");
  expect_error([] { parse_over("train.epochs=1,,2"); },
               "--over train.epochs=1,,2: a value is empty");
  expect_error([] { parse_over("train.epochs=1,2,1"); },
               "--over train.epochs=1,2,1: 1 is given twice; expected each value once");
}

TEST(SweepPlan, TakesEveryCombinationWithEverySeed) {
  const SweepPlan plan = plan_of({"objective.kl.weight=1,4", "model.latent_dim=2,8"}, 2);
  Words names;
  for (const auto& run : plan.runs())
    names.push_back(run.name);
  EXPECT_EQ(names, (Words{"001-weight=1-latent_dim=2-seed=5", "002-weight=1-latent_dim=8-seed=5",
                          "003-weight=4-latent_dim=2-seed=5", "004-weight=4-latent_dim=8-seed=5",
                          "005-weight=1-latent_dim=2-seed=6", "006-weight=1-latent_dim=8-seed=6",
                          "007-weight=4-latent_dim=2-seed=6", "008-weight=4-latent_dim=8-seed=6"}));
  EXPECT_EQ(plan.settings(plan.runs()[6]),
            (Words{"objective.kl.weight=4", "model.latent_dim=2", "train.seed=6"}));
  EXPECT_EQ(plan_of({}, 3).runs().size(), 3U);
}

TEST(SweepPlan, NamesKeysInFullWhereTheirEndsAreEqual) {
  const SweepPlan plan = plan_of({"model.encoder.name=conv", "train.optimizer.name=adam"});
  EXPECT_EQ(plan.runs()[0].name, "001-model.encoder.name=conv-train.optimizer.name=adam-seed=5");
}

TEST(SweepPlan, RefusesWhatAConfigCannotHave) {
  expect_error([] { plan_of({"objective.kl.wieght=1,2"}); },
               "--over objective.kl.wieght: unknown key; did you mean weight? known: capacity, "
               "free_nats, target, target_rate, warmup_epochs, weight");
  expect_error([] { plan_of({"model.latent_dim=4,0"}); },
               "--over model.latent_dim: got 0; expected an integer >= 1 and <= 65536");
  expect_error([] { plan_of({"train.seed=1,2"}); },
               "--over train.seed: the seeds are those of --seeds N");
  expect_error(
      [] {
        plan_of({"model.encoder=conv,dense", "model.encoder.kernel=3,5"});
      },
      "--over model.encoder.kernel: --over model.encoder already changes it; expected each "
      "key once");
  expect_error([] { plan_of({"train.epochs=1,2"}, 6000); }, "--over: more than 10000 trainings");
}

TEST(SweepPlan, IsReadBackFromItsText) {
  const SweepPlan plan = plan_of({"objective.kl.weight=1,4"}, 2);
  const SweepPlan again = SweepPlan::from_json(plan.to_json(), "sweep.json");
  EXPECT_EQ(again.to_json(), plan.to_json());
  EXPECT_NO_THROW(expect_same_plan(again, plan, "D"));
  for (const char* damaged : {"null", "{}", R"({"format": 1, "config": {}, "over": [{"key": 1}],
                              "seeds": [1], "evaluate": []})",
                              R"({"format": 1, "config": {},
                              "over": [], "seeds": [], "evaluate": []})",
                              R"({"format": 1.5, "config": {},
                              "over": [], "seeds": [1], "evaluate": []})",
                              R"({"format": 1, "config": {},
                              "over": [], "seeds": [1e300], "evaluate": []})"}) {
    expect_error(
        [&] { SweepPlan::from_json(nlohmann::ordered_json::parse(damaged), "sweep.json"); },
        "sweep.json: damaged; expected the plan of a sweep");
  }
}

TEST(SweepPlan, IsNotReadFromDeepText) {
  const std::string deep(100'000, '[');
  for (const auto& text : {deep, std::string("{\"config\": ") + deep, std::string("{")}) {
    expect_error([&] { SweepPlan::from_text(text, "sweep.json"); },
                 "sweep.json: damaged; expected the plan of a sweep");
  }
}

TEST(SweepPlan, IsComparedWithThatOfTheFolder) {
  const SweepPlan plan = plan_of({"objective.kl.weight=1,4"}, 2);
  const auto differs = [&](const SweepPlan& asked, const std::string& what) {
    expect_error([&] { expect_same_plan(plan, asked, "D"); },
                 "D: holds a sweep of another plan: " + what +
                     "; expected another folder, or the same plan: latent sweep --out D");
  };
  differs(plan_of({"objective.kl.weight=1,8"}, 2),
          "--over.objective.kl.weight is [\"1\",\"8\"], was [\"1\",\"4\"]");
  differs(plan_of({"objective.kl.weight=1,4"}, 1), "--seeds is [5], was [5,6]");
  SweepPlan other = plan;
  other.config["data"]["count"] = 7;
  differs(other, "config.data.count is 7, was not given");
}

}  // namespace
}  // namespace latent
