// Where the result for each of the user's files goes.
#include "command/output/one_file_each.h"

#include <gtest/gtest.h>

namespace latent {
namespace {

TEST(ResultPath, StaysBelowItsFolder) {
  EXPECT_EQ(result_path("a.png"), "a");
  EXPECT_EQ(result_path("crack/000.png"), "crack/000");
  EXPECT_EQ(result_path("../../etc/a.b.png"), "etc/a.b");
  EXPECT_EQ(result_path("/etc/a.png"), "etc/a");
  EXPECT_EQ(result_path(".."), "image");
}

TEST(ResultPath, NumbersTheImagesOfAnArray) {
  EXPECT_EQ(result_path("new.npy:3"), "new-3");
  EXPECT_EQ(result_path("b/new.npz:x_test:12"), "b/new-12");
  EXPECT_EQ(result_path("at 10:30.png"), "at 10:30");
}

}  // namespace
}  // namespace latent
