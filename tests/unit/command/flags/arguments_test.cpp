#include "command/flags/arguments.h"

#include <gmock/gmock.h>

#include "unit/command/arguments.h"
#include "unit/expect.h"

namespace latent {
namespace {

using testing::ElementsAre;

Arguments with_text(const std::string& text) {
  return command_line(
      [](cxxopts::Options& options) {
        options.add_options()("value", "", cxxopts::value<std::string>());
      },
      {"--value=" + text});
}

Arguments with_run(const std::vector<std::string>& words) {
  return command_line(
      [](cxxopts::Options& options) {
        declare_run(options);
        declare_out(options, "file to write");
      },
      words);
}

TEST(Indices, AreNumbersAndRanges) {
  EXPECT_THAT(parse_indices("3,17,40-42", "indices"), ElementsAre(3, 17, 40, 41, 42));
  EXPECT_THAT(parse_indices("5-5,5", "indices"), ElementsAre(5, 5));
}

TEST(Indices, RefuseAnythingElse) {
  const std::string wanted = ": expected numbers such as 3,17,40-49";
  expect_error([] { parse_indices("", "indices"); }, "--indices" + wanted);
  for (const std::string text : {"a", "3,,4", "-3", "3-", "1.5", "1234567890123"})
    expect_error([&] { parse_indices(text, "let"); }, "--let " + text + wanted);
  const std::string ranges =
      ": expected ranges from low to high, such as 3-5, and at most 100000 images in total";
  for (const std::string text : {"5-3", "0-100000", "0-60000,0-60000"})
    expect_error([&] { parse_indices(text, "indices"); }, "--indices " + text + ranges);
}

TEST(Numbers, AreSeparatedByColons) {
  EXPECT_THAT(with_text("-3:3:7").numbers("value", "-3:3:7"), ElementsAre(-3, 3, 7));
  EXPECT_THAT(with_text("1e-2:.5").numbers("value", "0.01:0.99"), ElementsAre(0.01, 0.5));
}

TEST(Numbers, AreAsManyAsInTheExample) {
  for (const std::string text : {"1", "1:2:3", "1:", "1:x", "1:nan", "1:inf", "1 :2"}) {
    expect_error([&] { with_text(text).numbers("value", "0.01:0.99"); },
                 "--value " + text + ": expected numbers such as 0.01:0.99");
  }
}

TEST(Arguments, PutTheFlagInFrontOfWhatAParserSays) {
  const auto parse = [](const std::string& text) -> int {
    if (text == "seven") return 7;
    throw Error("expected seven");
  };
  EXPECT_EQ(with_text("seven").parsed("value", parse), 7);
  expect_error([&] { with_text("six").parsed("value", parse); }, "--value six: expected seven");
  EXPECT_THROW(with_text("six").parsed("value", parse), UsageError);
}

TEST(Arguments, NeedOneRun) {
  EXPECT_EQ(with_run({"--run", "runs/a"}).run().string(), "runs/a");
  expect_error(
      [] {
        with_run({"--run", "a", "--run", "b"}).run();
      },
      "--run: given twice; expected one run");
  expect_error([] { with_run({"--run", ""}).run(); }, "--run: empty; expected the folder of a run");
  EXPECT_THROW(with_run({}).run(), UsageError);
}

TEST(Arguments, AcceptFilesThatSuitChartsOrPictures) {
  EXPECT_EQ(with_run({"--out", "a.jpg"}).picture("default.png", false).string(), "a.jpg");
  EXPECT_EQ(with_run({"--out", "a.pdf"}).picture("default.png", true).string(), "a.pdf");
  EXPECT_EQ(with_run({}).picture("default.png", false).string(), "default.png");
  EXPECT_EQ(with_run({"--out", "a.svg"}).picture("default.png", true).string(), "a.svg");
  expect_error(
      [] {
        with_run({"--out", "a.svg"}).picture("default.png", false);
      },
      "--out a.svg: expected a .png or .jpg file");
  expect_error(
      [] {
        with_run({"--out", "a.jpg"}).picture("default.png", true);
      },
      "--out a.jpg: expected a .png, .svg or .pdf file");
}

}  // namespace
}  // namespace latent
