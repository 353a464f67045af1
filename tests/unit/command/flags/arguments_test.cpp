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
  const std::string wanted = ": expected numbers such as 3,17,40-49, without spaces between them";
  expect_error([] { parse_indices("", "indices"); }, "--indices" + wanted);
  for (const std::string text : {"a", "3,,4", "-3", "3-", "1.5", "1234567890123", "3,"})
    expect_error([&] { parse_indices(text, "let"); }, "--let " + text + wanted);
  const std::string ranges =
      ": expected ranges from low to high, such as 3-5, and at most 100000 images in total";
  for (const std::string text : {"5-3", "0-100000", "0-60000,0-60000"})
    expect_error([&] { parse_indices(text, "indices"); }, "--indices " + text + ranges);
}

TEST(Range, IsTwoNumbers) {
  EXPECT_THAT(with_text("1e-2:.5").range("value", "0.01:0.99"), ElementsAre(0.01, 0.5));
  EXPECT_THAT(with_text("-1,+2").range("value", "0.01:0.99"), ElementsAre(-1, 2));
  for (const std::string text :
       {"1", "1:2:3", "1:", "1:x", "1:nan", "1:inf", "1 :2", "1,2,3", ""}) {
    expect_error([&] { with_text(text).range("value", "0.01:0.99"); },
                 "--value " + text + ": expected two numbers such as 0.01:0.99");
  }
}

TEST(Series, IsAListOrNumbersAtEqualDistances) {
  EXPECT_THAT(with_text("-3,0,2.5").series("value", 9), ElementsAre(-3, 0, 2.5));
  EXPECT_THAT(with_text("4").series("value", 9), ElementsAre(4));
  EXPECT_THAT(with_text("-1:1:5").series("value", 9), ElementsAre(-1, -0.5, 0, 0.5, 1));
  EXPECT_THAT(with_text("0:3").series("value", 9), ElementsAre(0, 0.5, 1, 1.5, 2, 2.5, 3));
  EXPECT_THAT(with_text("2:3:1").series("value", 9), ElementsAre(2));
}

TEST(Series, RefusesAnythingElse) {
  for (const std::string text : {"", "a", "1,", "1,,2", "1:2:3:4", "1:2,3", "nan", "1;2"}) {
    expect_error(
        [&] { with_text(text).series("value", 9); },
        "--value " + text + ": expected numbers such as -3,0,3, or low:high:count such as -3:3:7");
  }
  for (const std::string text : {"0:1:0", "0:1:10", "0:1:2.5"}) {
    expect_error([&] { with_text(text).series("value", 9); },
                 "--value " + text + ": expected low:high:count with a count from 1 to 9");
  }
  expect_error([] { with_text("1,2,3").series("value", 2); },
               "--value 1,2,3: expected at most 2 numbers");
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
  EXPECT_EQ(with_run({"--out", "a.JPG"}).picture("default.png", true).string(), "a.JPG");
  EXPECT_EQ(with_run({"--out", "new/"}).picture("run/default.png", true).string(),
            "new/default.png");
  EXPECT_EQ(with_run({"--out", "/"}).picture("run/default.png", false).string(), "/default.png");
  expect_error(
      [] {
        with_run({"--out", "a.svg"}).picture("default.png", false);
      },
      "--out a.svg: expected a .png or .jpg file, or a folder that ends with /");
  expect_error(
      [] {
        with_run({"--out", "a.bmp"}).picture("default.png", true);
      },
      "--out a.bmp: expected a .png, .jpg, .svg or .pdf file, or a folder that ends with /");
}

}  // namespace
}  // namespace latent
