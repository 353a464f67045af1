#include "core/system/child.h"

#include <csignal>

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

TEST(ChildProcess, WritesToItsFilesAndReturnsItsCode) {
  const TemporaryFolder folder;
  ChildProcess child({"/bin/sh", "-c", "echo \"$1\"; echo no >&2; exit 7", "sh", "a b"},
                     folder / "out", folder / "err");
  EXPECT_EQ(child.wait(60), 7);
  EXPECT_EQ(child.ended(), 7);
  EXPECT_EQ(read_file(folder / "out"), "a b\n");
  EXPECT_EQ(read_file(folder / "err"), "no\n");
}

TEST(ChildProcess, TellsWhichSignalEndedIt) {
  const TemporaryFolder folder;
  ChildProcess child({"/bin/sleep", "60"}, folder / "out", folder / "err");
  EXPECT_EQ(child.wait(0.05), std::nullopt);
  child.send(SIGKILL);
  EXPECT_EQ(child.wait(60), 128 + SIGKILL);
}

TEST(ChildProcess, NamesTheFileThatCannotBeWritten) {
  const TemporaryFolder folder;
  const auto missing = folder / "missing" / "out";
  expect_error([&] { ChildProcess({"/bin/true"}, missing, folder / "err"); },
               missing.string() + ": cannot be written: No such file or directory");
  ChildProcess none({"/bin/no-such-program"}, folder / "out", folder / "err");
  EXPECT_EQ(none.wait(60), 127);
}

}  // namespace
}  // namespace latent
