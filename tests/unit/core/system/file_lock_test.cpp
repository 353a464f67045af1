#include "core/system/file_lock.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "core/log.h"
#include "unit/expect.h"

namespace latent {
namespace {

TEST(FileLock, LetsOneThreadInAtATime) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "x.lock";
  log::set_level(log::Level::kQuiet);  // "waiting"
  std::atomic<int> inside = 0, most = 0, done = 0;
  const auto work = [&] {
    for (int i = 0; i < 20; ++i, ++done) {
      const FileLock lock(path, "waiting");
      const int now = ++inside;
      most = std::max(most.load(), now);
      --inside;
    }
  };
  std::thread other(work);
  work();
  other.join();
  log::set_level(log::Level::kNormal);
  EXPECT_EQ(done, 40);
  EXPECT_EQ(most, 1);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(FileLock, NamesTheFileThatCannotBeWritten) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "missing" / "x.lock";
  expect_error([&] { FileLock(path, ""); },
               path.string() + ": cannot be written: No such file or directory");
}

}  // namespace
}  // namespace latent
