// What is said about the files of a data set that are not used.
#include "data/left_out.h"

#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

namespace latent {
namespace {

TEST(LeftOutText, IsOneLine) {
  EXPECT_EQ(left_out_text({{".a\nb", 1, "unpack them"}}), "1 file left out: .a b 1: unpack them");
  EXPECT_EQ(left_out_text({}), "");
}

TEST(LeftOutText, ManyKindsAreCut) {
  std::vector<LeftOut> left_out;
  for (int i = 0; i < 12; ++i)
    left_out.push_back({fmt::format(".{}", i), i + 1, "convert them"});
  EXPECT_EQ(left_out_text(left_out),
            "78 files left out: .11 12, .10 11, .9 10, .8 9, .7 8, .6 7, .5 6, .4 5, 4 more kinds: "
            "convert them");
}

}  // namespace
}  // namespace latent
