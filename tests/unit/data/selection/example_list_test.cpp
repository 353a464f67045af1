#include "data/selection/example_list.h"

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

class ExampleListTest : public testing::Test {
 protected:
  ExampleList read(const std::string& text) {
    write_file(file_, text);
    return read_example_list(file_);
  }
  // "a.png:1 7:2", each entry and its line.
  std::string entries(const std::string& text) {
    std::string all;
    for (const auto& entry : read(text).entries)
      all += (all.empty() ? "" : " ") + entry.text + ":" + std::to_string(entry.line);
    return all;
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "list.txt";
};

Examples named(const std::vector<std::string>& names) {
  Examples examples;
  examples.pixels = torch::zeros({static_cast<int64_t>(names.size()), 1, 1, 1}, torch::kByte);
  examples.names = names;
  return examples;
}

Examples unnamed(int64_t count) {
  Examples examples;
  examples.pixels = torch::zeros({count, 1, 1, 1}, torch::kByte);
  return examples;
}

using Indices = std::vector<int64_t>;

TEST_F(ExampleListTest, ReadsLinesAndCommas) {
  EXPECT_EQ(entries("a.png\nb c.png , 7,\n"), "a.png:1 b c.png:2 7:2");
  EXPECT_EQ(entries("1,2,3"), "1:1 2:1 3:1");
}

TEST_F(ExampleListTest, SkipsBlankLinesCommentsMarksAndCarriageReturns) {
  EXPECT_EQ(entries("\xEF\xBB\xBF# faces, mine\r\n\r\na.png\r\n  # more\r\n \r\nb.png\r\n"),
            "a.png:3 b.png:6");
}

TEST_F(ExampleListTest, AListWithoutEntriesIsAnError) {
  for (const char* text : {"", "\n\n", "# a.png\n", " , ,\n"}) {
    expect_error([&] { read(text); }, file_.string() +
                                          ": no entries; expected names or indices of examples, "
                                          "one per line");
  }
  EXPECT_NE(error_of([] { read_example_list("no/such/list"); }), "");
  EXPECT_NE(error_of([] { read_example_list(""); }), "");
}

TEST_F(ExampleListTest, AFileIsNamedAfterAnAtSign) {
  EXPECT_EQ(list_file("@a/b.txt"), std::filesystem::path("a/b.txt"));
  EXPECT_EQ(list_file("3,17"), std::nullopt);
  EXPECT_EQ(list_file(""), std::nullopt);
}

TEST_F(ExampleListTest, FindsNamesBeforeIndices) {
  const ExampleFinder finder(named({"a.png", "0", "sub/c.png"}));
  EXPECT_EQ(finder.find_all(read("sub/c.png\n0\na.png\n2\n"), Split::kTest), (Indices{2, 1, 0, 2}));
  EXPECT_EQ(finder.find_name("2"), std::nullopt);
  EXPECT_EQ(finder.find("3"), std::nullopt);
  EXPECT_EQ(finder.find("A.png"), std::nullopt);
}

TEST_F(ExampleListTest, ExamplesWithoutNamesHaveIndices) {
  const ExampleFinder finder(unnamed(20));
  EXPECT_EQ(finder.find_all(read("00007\n7,19,0\n"), Split::kTest), (Indices{7, 7, 19, 0}));
  EXPECT_EQ(finder.find("20"), std::nullopt);
  EXPECT_EQ(finder.find("99999999999999999999"), std::nullopt);
  EXPECT_TRUE(finder.are_indices(read("1\n2")));
  EXPECT_FALSE(finder.are_indices(read("1\na")));
}

TEST_F(ExampleListTest, WhereNamesAreNumbersANumberIsAName) {
  const ExampleFinder finder(named({"00005", "00002"}));  // of a split that was held out
  EXPECT_EQ(finder.find("5"), 0);
  EXPECT_EQ(finder.find("0002"), 1);
  EXPECT_EQ(finder.find("0"), std::nullopt);
  EXPECT_FALSE(finder.are_indices(read("0")));
}

TEST_F(ExampleListTest, AnUnknownEntryIsNamedWithTheNearest) {
  const auto message = [&](const Examples& examples, const std::string& text) {
    return error_of([&] { ExampleFinder(examples).find_all(read(text), Split::kTest); });
  };
  const std::string no = "\": no such example in the test split; ", line = ": line ";
  EXPECT_EQ(message(named({"cat.png", "dog.png"}), "dog.png\ncet.png"),
            file_.string() + line + "2: \"cet.png" + no + "did you mean cat.png?");
  EXPECT_EQ(message(named({"cat.png", "dog.png"}), "x"),
            file_.string() + line + "1: \"x" + no + "expected a name such as cat.png");
  EXPECT_EQ(message(named({"cat.png", "dog.png"}), "2"),
            file_.string() + line + "1: \"2" + no + "expected an index from 0 to 1");
  EXPECT_EQ(message(unnamed(3), "cat"),
            file_.string() + line + "1: \"cat" + no + "expected an index from 0 to 2");
}

}  // namespace
}  // namespace latent
