#include "core/text/shell.h"

#include "unit/expect.h"

namespace latent {
namespace {

TEST(ShellWord, IsQuotedWhereAShellWouldReadMore) {
  EXPECT_EQ(shell_word("runs/a-1.json"), "runs/a-1.json");
  EXPECT_EQ(shell_word("3,17,40-49"), "3,17,40-49");
  EXPECT_EQ(shell_word("train.epochs=5"), "train.epochs=5");
  EXPECT_EQ(shell_word("=cat"), "'=cat'");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's; rm -r *"), "'it'\\''s; rm -r *'");
  EXPECT_EQ(shell_word("$(x)"), "'$(x)'");
}

TEST(ShellCommand, JoinsItsWords) {
  EXPECT_EQ(shell_command({"latent", "sample", "--run", "my run"}), "latent sample --run 'my run'");
}

}  // namespace
}  // namespace latent
