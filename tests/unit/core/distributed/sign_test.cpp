#include "core/distributed/sign.h"

#include <gtest/gtest.h>

namespace latent {
namespace {

TEST(Sign, IsReadAsItWasWritten) {
  Neighbour neighbour;
  neighbour.read(sign_text(3, Sign::kFailed, "node1", "no space\nleft"));
  EXPECT_EQ(neighbour.sign, Sign::kFailed);
  EXPECT_EQ(neighbour.host, "node1");
  EXPECT_EQ(neighbour.message, "no space\nleft");
}

TEST(Sign, OnlyANewOneCounts) {
  Neighbour neighbour;
  neighbour.read(sign_text(1, Sign::kAlive, "a", ""));
  const auto first = neighbour.changed;
  neighbour.read(sign_text(1, Sign::kAlive, "a", ""));
  EXPECT_EQ(neighbour.changed, first);
  neighbour.read(sign_text(2, Sign::kAlive, "a", ""));
  EXPECT_GE(neighbour.changed, first);
  EXPECT_EQ(neighbour.text, "2\na\na\n");
}

TEST(Sign, ADamagedOneChangesNothingElse) {
  Neighbour neighbour;
  for (const char* text : {"", "7", "7\n", "7\nl", "7\nl\nhost"}) {
    neighbour.read(text);
    EXPECT_EQ(neighbour.sign, Sign::kAlive) << text;
    EXPECT_EQ(neighbour.host, "") << text;
  }
}

}  // namespace
}  // namespace latent
