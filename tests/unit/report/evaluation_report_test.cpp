// A measure that a row of the tests adds is printed, and stands in the JSON and in the help.
#include "report/evaluation_report.h"

#include <gmock/gmock.h>

#include "command/registry.h"
#include "unit/expect.h"
#include "unit/measure/fixture.h"
#include "unit/own_measure.h"
#include "unit/own_parts.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

const Figure kLight{.name = "light",
                    .value = 0.5,
                    .unit = "lux",
                    .meaning = "mean of the images",
                    .count = 100,
                    .interval = statistics::Interval{0.25, 0.75}};

TEST(EvaluationReport, AFigureIsALine) {
  EXPECT_EQ(figure_line(kLight, 100),
            "  light                  0.5000 [0.2500, 0.7500]        lux, mean of the images\n");
  EXPECT_EQ(figure_line({.name = "dead", .value = 3, .count = 7, .decimals = 0}, 100),
            "  dead                        3 (of 7)\n");
}

TEST(EvaluationReport, ShowsAMeasureThatItDoesNotKnow) {
  const OwnRow own(measures(), brightness());
  const MeasureFixture t("gaussian", R"({"name": "bernoulli"})", 601);
  const auto measured = t.measured("brightness,psnr");
  const std::string text = measures_text(measured, 601);
  EXPECT_THAT(text, HasSubstr("\n  brightness\n    light  "));
  EXPECT_THAT(text, HasSubstr("]"));
  EXPECT_THAT(text, HasSubstr(" lux, mean of the images\n    batches                     2"));
  EXPECT_THAT(text, HasSubstr("of the pass (of 7)\n"));

  Json json;
  add_measures(json, measured);
  const Json& light = json["measures"]["brightness"]["light"];
  const Figure& figure = measured[1].figures[0];
  EXPECT_EQ(light, (Json{{"value", figure.value},
                         {"low", figure.interval->low},
                         {"high", figure.interval->high},
                         {"count", 601},
                         {"unit", "lux"}}));
  EXPECT_EQ(json["measures"]["brightness"]["batches"].dump(),
            R"({"value":2,"low":null,"high":null,"count":7,"unit":""})");
  EXPECT_EQ(json["measures"]["psnr"]["value"], json["psnr"]);
  EXPECT_FALSE(json.contains("brightness"));  // not by default

  cxxopts::Options options("latent evaluate");
  commands().find("evaluate", "test").declare(options);
  const std::string help = options.help();
  EXPECT_THAT(help, HasSubstr("brightness: how bright the images are"));
  EXPECT_THAT(help, HasSubstr("--own-scale VALUE"));
}

TEST(EvaluationReport, KeepsTheValuesOfEveryMeasureByDefaultAtTheTop) {
  const MeasureFixture t;
  Json json;
  const auto measured = t.measured("");
  add_measures(json, measured);
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items())
    keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"elbo", "bits_per_dim", "active_units", "bce", "mse",
                                            "rmse", "psnr", "ssim", "book_units", "measures"}));
  EXPECT_EQ(json["measures"].size(), measured.size());
  EXPECT_TRUE(json["active_units"].is_number_integer());
  EXPECT_EQ(json["book_units"]["total"], json["measures"]["book_units"]["total"]["value"]);
}

TEST(EvaluationReport, GivesEachReasonALine) {
  EXPECT_EQ(left_out_text({{"psnr", "needs images"}, {"elbo", "needs luck"}}),
            "  psnr: left out: needs images\n  elbo: left out: needs luck\n");
}

}  // namespace
}  // namespace latent
