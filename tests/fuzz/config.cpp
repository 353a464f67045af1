// Configs: JSON with comments, and the settings of --set.
#include "config/config.h"

#include "fuzz.h"

// A config, then after a zero byte one setting.
LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const auto [text, setting] = fuzz::halves(input);
  Config config =
      Config::parse(text, "x", setting.empty() ? std::vector<std::string>{} : std::vector{setting});
  Section train = config.root().section("train");
  int64_t epochs = 1;
  double rate = 1;
  bool flag = false;
  std::vector<int64_t> sizes;
  std::vector<std::string> words;
  std::string precision = "auto";
  train.read("epochs", epochs, between(0, 1e9), "");
  train.read("rate", rate, more_than(0), "");
  train.read("flag", flag, "");
  train.read("sizes", sizes, at_least(1), "");
  train.read("words", words, "");
  train.read("precision", precision, OneOf{{"auto", "fp32"}}, "");
  train.component("optimizer", "adam", {"adam", "sgd"}, "").section.read("rate", rate, {}, "");
  config.root().components("corruption", {"gaussian", "masking"}, "");
  config.check_all_read();
  if (config.resolved_text().empty()) std::abort();
}
