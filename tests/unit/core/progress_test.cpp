// The progress bar on narrow terminals.
#include "core/progress.h"

#include <gtest/gtest.h>

namespace latent {
namespace {

const std::string kNumbers = " 50%  1234 images/s  0:09 left  loss 272.11 nll 261.67 kl 5.10";

TEST(Progress, TheBarFillsTheRoom) {
  EXPECT_EQ(bar_text("epoch 1/5", 0.5, "50%", 79), "epoch 1/5 [##########          ] 50%");
  EXPECT_EQ(bar_text("epoch 1/5", 0, "50%", 79), "epoch 1/5 [                    ] 50%");
  EXPECT_EQ(bar_text("epoch 1/5", 1, "50%", 79), "epoch 1/5 [####################] 50%");
}

TEST(Progress, TheBarGetsShorterFirst) {
  const std::string line = bar_text("epoch 1/5", 0.5, kNumbers, 84);
  EXPECT_EQ(line.size(), 84);
  EXPECT_EQ(line, "epoch 1/5 [####     ] " + kNumbers);
}

TEST(Progress, TheTextIsCutLast) {
  const std::string whole = "epoch 1/5 [##   ] " + kNumbers;
  for (size_t columns = 0; columns < whole.size(); ++columns) {
    const std::string line = bar_text("epoch 1/5", 0.5, kNumbers, columns);
    EXPECT_EQ(line.size(), columns);
    if (columns > 3) {
      EXPECT_EQ(line, whole.substr(0, columns - 3) + "...");
    }
  }
}

// A character of several bytes takes one column and is not cut in two.
TEST(Progress, CountsCharacters) {
  EXPECT_EQ(bar_text("\u00e4\u00e4\u00e4\u00e4", 0, "", 7), "\u00e4\u00e4\u00e4\u00e4...");
  EXPECT_EQ(bar_text("\u00e4\u00e4\u00e4\u00e4", 0, "", 6), "\u00e4\u00e4\u00e4...");
  EXPECT_EQ(bar_text("\u00e4", 1, "", 8), "\u00e4 [##...");
}

}  // namespace
}  // namespace latent
