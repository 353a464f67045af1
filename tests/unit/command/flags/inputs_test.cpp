#include "command/flags/inputs.h"

#include "unit/command/arguments.h"
#include "unit/expect.h"

namespace latent {
namespace {

std::string stem(const std::vector<std::string>& words) {
  return inputs_stem(
      command_line([](cxxopts::Options& options) { declare_inputs(options, "10"); }, words));
}

TEST(InputsStem, NamesTheImages) {
  EXPECT_EQ(stem({}), "test-first-10");
  EXPECT_EQ(stem({"--split", "train", "--count", "3"}), "train-first-3");
  EXPECT_EQ(stem({"--count", "0"}), "test");
  EXPECT_EQ(stem({"--indices", "3,17"}), "test-3-17");
  EXPECT_EQ(stem({"a.png", "b.png"}), "files");
}

TEST(InputsStem, ListsNoMoreThanSixIndices) {
  EXPECT_EQ(stem({"--indices", "0-5"}), "test-0-1-2-3-4-5");
  EXPECT_EQ(stem({"--indices", "0-7"}), "test-0-1-2-3-4-5-and-2-more");
}

}  // namespace
}  // namespace latent
