// One process at a time trains in a folder, and a dead one holds no lock.
#include "run/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <thread>

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

TEST(RunLock, TheSecondIsToldWhoHasIt) {
  const TemporaryFolder folder;
  std::optional<RunLock> first;
  first.emplace(folder.path());
  const std::string line = read_file(folder / "train.lock");
  const std::string who = line.substr(0, line.size() - 1);
  EXPECT_TRUE(who.starts_with("process " + std::to_string(::getpid()) + " on ")) << who;
  EXPECT_NE(who.find(", since 20"), std::string::npos) << who;
  EXPECT_EQ(RunLock::holder(folder.path()), who);
  expect_error([&] { RunLock second(folder.path()); },
               folder.path().string() + ": is being trained by " + who +
                   "; expected a run that no other process trains: wait for it, stop it, or choose "
                   "another folder (--run)");
  first.reset();
  EXPECT_EQ(RunLock::holder(folder.path()), "");
  EXPECT_TRUE(fs::is_empty(folder.path()));
  RunLock again(folder.path());
}

TEST(RunLock, LookingHoldsNothing) {
  const TemporaryFolder folder;
  write_file(folder / "train.lock", "nobody\n");
  const int looking = ::open((folder / "train.lock").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(looking, LOCK_SH | LOCK_NB), 0);
  EXPECT_EQ(RunLock::holder(folder.path()), "");
  std::thread done([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ::close(looking);
  });
  RunLock training(folder.path());
  done.join();
}

TEST(RunLock, DiesWithItsProcess) {
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    new RunLock(folder.path());  // never let go
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(fs::exists(folder / "train.lock"));
  EXPECT_EQ(RunLock::holder(folder.path()), "");
  RunLock mine(folder.path());
  EXPECT_NE(read_file(folder / "train.lock").find(std::to_string(::getpid())), std::string::npos);
}

TEST(RunLock, FoldersThatCannotBeWritten) {
  expect_error([] { RunLock lock("/proc"); },
               "/proc/train.lock: cannot be written: No such file or directory");
}

}  // namespace
}  // namespace latent
