// The config reader: what it accepts, its errors, and the copy that a run keeps.
#include "config/config.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

// Reads one key of section "s" with every check, as the owner of an option would.
template <class T, class... Args>
T read_key(const std::string& text, T value, Args... args) {
  Config config = Config::parse(text, "c.json");
  config.root().section("s").read("key", value, args..., "meaning");
  config.check_all_read();
  return value;
}

void read_all(const std::string& text, const std::vector<std::string>& settings = {}) {
  Config config = Config::parse(text, "c.json", settings);
  read_experiment(config);
}

const std::string kShapes = R"("data": {"name": "shapes"})";

TEST(Config, UnknownKeysGetTheNearestKnownOne) {
  expect_error([] { read_all("{" + kShapes + R"(, "objective": {"kl": {"wieght": 2}}})"); },
               "c.json: objective.kl.wieght: unknown key; did you mean weight? "
               "known: capacity, free_nats, target, target_rate, warmup_epochs, weight");
  // Reported before the section that it should name is missed.
  expect_error([] { read_all(R"({"dta": {"name": "shapes"}})"); },
               "c.json: dta: unknown key; did you mean data? known: corruption, data, model, "
               "objective, train");
  expect_error([] { read_all("{" + kShapes + R"(, "modle": {}})"); },
               "c.json: modle: unknown key; did you mean model? known: corruption, data, model, "
               "objective, train");
  expect_error([] { read_all(R"({"data": {"name": "shapes", "Count": 9}})"); },
               "c.json: data.Count: unknown key; did you mean count? known: augment, "
               "binarize, channels, count, grid, keep, name, pack, size");
  expect_error(
      [] { read_all("{" + kShapes + R"(, "train": {"early_stopping": {"qqqqqqqqqq": 2}}})"); },
      "c.json: train.early_stopping.qqqqqqqqqq: unknown key; known: min_delta, patience");
}

TEST(Config, KeysOfAnotherChoiceAreUnknown) {
  expect_error(
      [] {
        read_all("{" + kShapes + R"(, "model": {"encoder": {"name": "dense", "kernel": 3}}})");
      },
      "c.json: model.encoder.kernel: unknown key; known: activation, dropout, hidden, "
      "name, normalization, slope");
}

// "/" separates the parts of a JSON pointer.
TEST(Config, ASlashInAKeyIsNoPath) {
  EXPECT_EQ(error_of([] { read_all("{" + kShapes + R"(, "objective": {"kl/weight": 2}})"); }),
            "c.json: objective.kl/weight: unknown key; known: bound, code_norm, dip, factor, kl, "
            "likelihood, mmd, sparsity_kl, sparsity_l1, total_correlation");
  EXPECT_EQ(error_of([] { read_all("{" + kShapes + R"(, "objective/kl": {"weight": 2}})"); }),
            "c.json: objective/kl: unknown key; did you mean objective? "
            "known: corruption, data, model, objective, train");
}

TEST(Config, DuplicateKeysAreRefused) {
  expect_error([] { Config::parse(R"({"a": 1, "b": 2, "a": 3})", "c.json"); },
               "c.json: a: duplicate key; expected each key once");
  expect_error([] { Config::parse(R"({"a": {"b": {"c": 1, "c": 1}}})", "c.json"); },
               "c.json: a.b.c: duplicate key; expected each key once");
  expect_error([] { Config::parse(R"({"a": {"b": 1}, "c": {"b": 1}, "a": {}})", "c.json"); },
               "c.json: a: duplicate key; expected each key once");
  EXPECT_NE(error_of([] {
              Config::parse(R"({"l": [{"n": 1, "n": 2}]})", "c.json");
            }).find("n: duplicate key"),
            std::string::npos);
  // The same key in different objects is not a duplicate.
  Config::parse(R"({"a": {"n": 1}, "b": {"n": 1}, "l": [{"n": 1}, {"n": 1}]})", "c.json");
}

TEST(Config, SyntaxErrorsNameLineAndColumn) {
  const std::string comma = error_of([] { Config::parse("{\n  \"a\": 1,\n}", "c.json"); });
  EXPECT_TRUE(comma.starts_with("c.json: not valid JSON: parse error at line 3, column 1: "))
      << comma;
  EXPECT_TRUE(comma.ends_with("; remove the comma before this }")) << comma;
  const std::string list = error_of([] { Config::parse("{\"a\": [1, ]}", "c.json"); });
  EXPECT_TRUE(list.ends_with("; remove the comma before this ]")) << list;
  const std::string colon = error_of([] { Config::parse("{\"a\": }", "c.json"); });
  EXPECT_EQ(colon.find("comma"), std::string::npos) << colon;
  const std::string open = error_of([] { Config::parse("{\"a\": [1, 2", "c.json"); });
  EXPECT_TRUE(open.starts_with("c.json: not valid JSON: parse error at line 1, column ")) << open;
  EXPECT_NE(error_of([] { Config::parse("", "c.json"); }), "");
  EXPECT_NE(error_of([] { Config::parse("{\"a\": \"\xff\"}", "c.json"); }), "");
}

TEST(Config, NumbersTooLargeForAnyTypeAreSyntaxErrors) {
  EXPECT_EQ(error_of([] { Config::parse(R"({"a": 1e400})", "c.json"); }),
            "c.json: not valid JSON: line 1, column 7: number overflow parsing '1e400'");
}

TEST(Config, TheTopIsAnObject) {
  expect_error([] { Config::parse("[1]", "c.json"); },
               "c.json: expected an object {...} at the top");
  expect_error([] { Config::parse("3", "c.json"); }, "c.json: expected an object {...} at the top");
}

TEST(Config, DeepNestingIsRefused) {
  std::string deep = "{\"a\": ";
  for (int i = 0; i < 100000; ++i)
    deep += '[';
  expect_error([&] { Config::parse(deep, "c.json"); }, "c.json: nested deeper than 32");
}

TEST(Config, CommentsAreSkipped) {
  EXPECT_EQ(read_key("// what this is\n{\"s\": {\"key\": 3 /* three */}}  // end", int64_t{1},
                     any_number()),
            3);
}

TEST(Config, AbsentKeysKeepTheirDefaults) {
  EXPECT_EQ(read_key("{}", int64_t{7}, at_least(0)), 7);
  EXPECT_EQ(read_key(R"({"s": {}})", std::string("word")), "word");
}

TEST(Config, WrongTypesAreRefused) {
  const auto with = [](const std::string& value) { return R"({"s": {"key": )" + value + "}}"; };
  expect_error([&] { read_key(with("\"3\""), int64_t{1}, any_number()); },
               "c.json: s.key: got \"3\"; expected an integer");
  expect_error([&] { read_key(with("2.5"), int64_t{1}, at_least(0)); },
               "c.json: s.key: got 2.5; expected an integer >= 0");
  expect_error([&] { read_key(with("true"), 1.0, any_number()); },
               "c.json: s.key: got true; expected a number");
  expect_error([&] { read_key(with("null"), 1.0, any_number()); },
               "c.json: s.key: got null; expected a number");
  expect_error([&] { read_key(with("1"), false); }, "c.json: s.key: got 1; expected true or false");
  expect_error([&] { read_key(with("[]"), std::string()); },
               "c.json: s.key: got []; expected a string");
  expect_error([&] { read_key(with("[1, \"x\"]"), std::vector<int64_t>{}, at_least(1)); },
               "c.json: s.key: got [1,\"x\"]; expected a list of integers >= 1");
  expect_error([&] { read_key(with("{}"), std::vector<int64_t>{}, any_number()); },
               "c.json: s.key: got {}; expected a list of integers");
  expect_error([&] { read_key(with("[\"a\", 1]"), std::vector<std::string>{}); },
               "c.json: s.key: got [\"a\",1]; expected a list of strings");
  expect_error([] { read_key(R"({"s": 3})", int64_t{1}, any_number()); },
               "c.json: s: got 3; expected an object {...}");
  EXPECT_EQ(
      error_of([&] { read_key(with("\"" + std::string(200, 'x') + "\""), 1.0, any_number()); }),
      "c.json: s.key: got \"" + std::string(56, 'x') + "...; expected a number");
}

TEST(Config, NumbersOutOfRangeAreRefused) {
  const auto with = [](const std::string& value) { return R"({"s": {"key": )" + value + "}}"; };
  expect_error([&] { read_key(with("-1"), 1.0, at_least(0)); },
               "c.json: s.key: got -1; expected a number >= 0");
  expect_error([&] { read_key(with("0"), 1.0, more_than(0)); },
               "c.json: s.key: got 0; expected a number > 0");
  expect_error([&] { read_key(with("1.5"), 1.0, between(0, 1)); },
               "c.json: s.key: got 1.5; expected a number >= 0 and <= 1");
  expect_error([&] { read_key(with("1"), 0.5, from_below(0, 1)); },
               "c.json: s.key: got 1; expected a number >= 0 and < 1");
  expect_error([&] { read_key(with("[3, 0]"), std::vector<int64_t>{}, between(1, 8)); },
               "c.json: s.key: got [3,0]; expected a list of integers >= 1 and <= 8");
  // Larger than int64, and larger than a double counts exactly.
  expect_error([&] { read_key(with("18446744073709551615"), int64_t{1}, any_number()); },
               "c.json: s.key: got 18446744073709551615; expected an integer <= "
               "4.611686018427388e+18");
  expect_error([&] { read_key(with("1e30"), int64_t{1}, at_least(1)); },
               "c.json: s.key: got 1e+30; expected an integer >= 1 and <= 9000000000000000");
  expect_error([&] { read_key(with("9000000000000000000"), int64_t{1}, between(1, 8)); },
               "c.json: s.key: got 9000000000000000000; expected an integer >= 1 and <= 8");
}

TEST(Config, NumbersInEverySpelling) {
  EXPECT_EQ(read_key(R"({"s": {"key": 3.0}})", int64_t{1}, any_number()), 3);
  EXPECT_EQ(read_key(R"({"s": {"key": 1e3}})", int64_t{1}, any_number()), 1000);
  EXPECT_EQ(read_key(R"({"s": {"key": 2}})", 1.0, any_number()), 2.0);
  EXPECT_EQ(read_key(R"({"s": {"key": 5}})", std::vector<int64_t>{}, any_number()),
            (std::vector<int64_t>{5}));
}

TEST(Config, UnknownNamesAreRefused) {
  expect_error(
      [] {
        read_key(R"({"s": {"key": "relo"}})", std::string("relu"), OneOf{{"none", "relu"}});
      },
      "c.json: s.key: got \"relo\"; expected one of none, relu");
  expect_error([] { read_all("{" + kShapes + R"(, "model": {"encoder": "cnov"}})"); },
               "c.json: model.encoder.name: unknown name \"cnov\"; did you mean conv? known: conv, "
               "dense, resnet");
  expect_error(
      [] { read_all("{" + kShapes + R"(, "objective": {"likelihood": {"name": "gauss"}}})"); },
      "c.json: objective.likelihood.name: unknown name \"gauss\"; did you mean gaussian? known: "
      "bernoulli, gaussian, "
      "laplace");
  expect_error([] { read_all("{" + kShapes + R"(, "model": {"encoder": 3}})"); },
               "c.json: model.encoder: got 3; expected a name or an object {\"name\": ...}; "
               "known: conv, dense, resnet");
  expect_error([] { read_all("{}"); },
               "c.json: data.name: missing; expected one of " + join(datasets().names()));
}

TEST(Config, AComponentHasAShortForm) {
  const std::string objects =
      R"(, "model": {"encoder": {"name": "dense"}, "bottleneck": {"name": "point"}}})";
  const std::string words = R"(, "model": {"encoder": "dense", "bottleneck": "point"}})";
  const auto resolved = [](const std::string& text) {
    Config config = Config::parse(text, "c.json");
    read_experiment(config);
    return config.resolved_text();
  };
  EXPECT_EQ(resolved("{" + kShapes + words), resolved("{" + kShapes + objects));
}

TEST(Config, ReadsListsOfComponents) {
  const auto names = [](const std::string& list) {
    Config config = Config::parse("{\"list\": " + list + "}", "c.json");
    std::vector<std::string> found;
    for (auto& part : config.root().components("list", {"masking", "noise"}, "parts")) {
      double amount = 0.5;
      part.section.read("amount", amount, at_least(0), "how much");
      found.push_back(part.name + " " + std::to_string(amount).substr(0, 3));
    }
    config.check_all_read();
    return found;
  };
  EXPECT_EQ(names("[]"), std::vector<std::string>{});
  EXPECT_EQ(names(R"(["noise", {"name": "masking", "amount": 2}])"),
            (std::vector<std::string>{"noise 0.5", "masking 2.0"}));
  expect_error(
      [&] { names(R"([{"name": "masking"}, {"name": "nose"}])"); },
      "c.json: list.1.name: unknown name \"nose\"; did you mean noise? known: masking, noise");
  expect_error([&] { names(R"([{"amount": 2}])"); },
               "c.json: list.0: got {\"amount\":2}; expected a name or an object {\"name\": ...}; "
               "known: masking, noise");
  EXPECT_EQ(names(R"("noise")"), std::vector<std::string>{"noise 0.5"});
  EXPECT_EQ(names(R"({"name": "masking", "amount": 1})"), std::vector<std::string>{"masking 1.0"});
  expect_error([&] { names("3"); }, "c.json: list: got 3; expected a list [...] of masking, noise");
  expect_error([&] { names(R"([{"name": "noise", "amont": 2}])"); },
               "c.json: list.0.amont: unknown key; did you mean amount? known: amount, name");
}

// The values that --set gives, through the parts of an experiment.
TEST(Config, SettingsChangeTheConfig) {
  Config config = Config::parse(
      "{" + kShapes + R"(, "model": {"encoder": "conv"}, "train": {"epochs": 2}})", "c.json",
      {"train.epochs=7", "model.encoder.channels=[4, 8]", "model.bottleneck=point",
       "model.encoder.activation=leaky_relu", "model.encoder.kernel=5",
       "model.encoder.channels.1=9", "train.optimizer.learning_rate=2e-3"});
  const Experiment experiment = read_experiment(config);
  EXPECT_EQ(experiment.train.epochs, 7);
  EXPECT_EQ(experiment.train.optimizer.learning_rate, 2e-3);
  EXPECT_FALSE(experiment.model.bottleneck.has_posterior);
  const auto& model = config.resolved().at("model");
  EXPECT_EQ(model.at("encoder").at("channels").dump(), "[4,9]");
  EXPECT_EQ(model.at("encoder").at("kernel").dump(), "[5]");
  EXPECT_EQ(model.at("encoder").at("activation").dump(), "\"leaky_relu\"");
}

TEST(Config, TextsGivenBySettingsNeedNoQuotes) {
  const auto text = [](const std::string& setting) {
    Config config = Config::parse("{}", "c.json", {setting});
    std::string value;
    config.root().section("data").read("dir", value, "folder");
    return value;
  };
  EXPECT_EQ(text("data.dir=/some/where/else"), "/some/where/else");
  EXPECT_EQ(text("data.dir=\"12\""), "12");
  EXPECT_EQ(text("data.dir=a=b"), "a=b");
  EXPECT_EQ(text("data.dir="), "");
}

TEST(Config, MalformedSettingsAreRefused) {
  const auto set = [](const std::string& setting) {
    Config::parse(R"({"train": {"epochs": 2, "list": [1, 2]}})", "c.json", {setting});
  };
  expect_error([&] { set("train.epochs"); },
               "--set train.epochs: expected key.path=value, for example train.epochs=3");
  expect_error([&] { set("=3"); }, "--set =3: expected key.path=value, for example train.epochs=3");
  expect_error([&] { set("train..epochs=3"); }, "--set train..epochs=3: empty key in the path");
  const std::string deep = "train.list=" + std::string(40, '[') + std::string(40, ']');
  expect_error([&] { set(deep); }, "--set " + deep + ": nested deeper than 32");
  std::string path = "a";
  for (int i = 0; i < 32; ++i)
    path += ".a";
  expect_error([&] { set(path + "=1"); }, "--set: a path nested deeper than 32");
  expect_error([&] { set("train={\"epochs\": 1, \"epochs\": 2}"); },
               "--set train={\"epochs\": 1, \"epochs\": 2}: epochs: duplicate key; expected each "
               "key once");
  expect_error([&] { set("train.=3"); }, "--set train.=3: empty key in the path");
  expect_error([&] { set("train.epochs.x=3"); },
               "--set train.epochs.x=3: \"x\" is inside a value that is not an object");
  expect_error([&] { set("train.list.2=3"); },
               "--set train.list.2=3: the list has no element \"2\"");
  expect_error([&] { set("train.list.x=3"); },
               "--set train.list.x=3: the list has no element \"x\"");
  EXPECT_THROW(set("train.epochs"), UsageError);
  expect_error(
      [] { read_all("{" + kShapes + "}", {"train.epoch=3"}); },
      "--set train.epoch: unknown key; did you mean epochs? known: accumulate, batch_size, "
      "checkpoint, clip_norm, cuda_graph, deterministic, distributed, early_stopping, ema, epochs, "
      "kernels, on_nan, optimizer, pictures_every, precision, report, schedule, seed, tensorboard, "
      "validation_count");
}

TEST(Config, ErrorsNameTheSettingThatGaveTheValue) {
  const std::string text = "{" + kShapes + R"(, "train": {"epochs": 0, "optimizer": "sgd"}})";
  expect_error([&] { read_all(text); },
               "c.json: train.epochs: got 0; expected an integer >= 1 and "
               "<= 1000000000");
  expect_error([&] { read_all(text, {"train.batch_size=3"}); },
               "c.json: train.epochs: got 0; expected an integer >= 1 and <= 1000000000");
  expect_error([&] { read_all(text, {"train.epochs=-1"}); },
               "--set train.epochs: got -1; expected an integer >= 1 and <= 1000000000");
  // A whole section is of the setting, and one that only the setting has.
  expect_error([&] { read_all(text, {"train={\"epochs\": -1}"}); },
               "--set train.epochs: got -1; expected an integer >= 1 and <= 1000000000");
  expect_error(
      [&] {
        read_all(text, {"train.epochs=1", "train.optimizer.learning_rate=-1"});
      },
      "--set train.optimizer.learning_rate: got -1; expected a number > 0");
  expect_error([&] { read_all("{" + kShapes + "}", {"trian.epochs=1"}); },
               "--set trian: unknown key; did you mean train? known: corruption, data, model, "
               "objective, train");
}

TEST(Config, NullSwitchesAnOptionalSectionOff) {
  const auto terms = [](const std::string& objective, const std::vector<std::string>& settings) {
    Config config =
        Config::parse("{" + kShapes + R"(, "objective": )" + objective + "}", "c.json", settings);
    std::vector<std::string> names;
    for (const auto& penalty : read_experiment(config).objective.penalties)
      names.push_back(penalty.row->name);
    // The copy that a run keeps says the same.
    Config again = Config::parse(config.resolved_text(), "resolved.json");
    EXPECT_EQ(read_experiment(again).objective.penalties.size(), names.size());
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(terms("{}", {}), Names{"kl"});
  EXPECT_EQ(terms("{}", {"objective.kl=null"}), Names{});
  EXPECT_EQ(terms(R"({"kl": null})", {}), Names{});
  EXPECT_EQ(terms(R"({"kl": {"weight": 2}})", {"objective.kl=null"}), Names{});
  EXPECT_EQ(terms(R"({"sparsity_l1": null})", {}), Names{"kl"});
}

TEST(Config, TheResolvedCopyReadsBackToItself) {
  const std::string text = "{" + kShapes + R"(,
    "model": {"encoder": {"channels": [4], "normalization": "batch"}, "decoder": {"kernel": 5}},
    "objective": {"likelihood": {"name": "gaussian", "sigma": "learned", "weight": 0.5},
                  "kl": {"weight": 2.048}},
    "train": {"optimizer": {"name": "adamw", "learning_rate": 3e-4}, "schedule": "plateau", "clip_norm": 0.1}
  })";
  Config first = Config::parse(text, "first");
  read_experiment(first);
  Config second = Config::parse(first.resolved_text(), "second");
  read_experiment(second);
  second.check_all_read();
  EXPECT_EQ(second.resolved_text(), first.resolved_text());
  EXPECT_EQ(first.resolved().at("objective").at("kl").at("weight").get<double>(), 2.048);
  EXPECT_EQ(first.resolved().at("train").at("schedule").at("name"), "plateau");
  for (const auto& entry : second.entries())
    EXPECT_TRUE(entry.given) << entry.path;
}

TEST(Config, EntriesSayWhatEveryKeyMeans) {
  Config config = Config::parse("{" + kShapes + R"(, "train": {"epochs": 3}})", "c.json");
  read_experiment(config);
  bool found = false;
  for (const auto& entry : config.entries()) {
    EXPECT_FALSE(entry.meaning.empty()) << entry.path;
    EXPECT_FALSE(entry.type.empty()) << entry.path;
    if (entry.path != "train.epochs") continue;
    found = true;
    EXPECT_EQ(entry.range, ">= 1 and <= 1000000000");
    EXPECT_EQ(entry.default_value, 10);
    EXPECT_EQ(entry.value, 3);
    EXPECT_TRUE(entry.given);
  }
  EXPECT_TRUE(found);
}

TEST(Config, LoadNamesTheFile) {
  const TemporaryFolder folder;
  expect_error([&] { Config::load(folder / "none.json"); },
               (folder / "none.json").string() + ": no such file");
}

}  // namespace
}  // namespace latent
