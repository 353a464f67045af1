#include "core/system/claim.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

#include "core/system/child.h"
#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

void make_older(const fs::path& path, int seconds) {
  fs::last_write_time(path, fs::last_write_time(path) - std::chrono::seconds(seconds));
}

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

TEST(Claim, IsHeldByOneAtATime) {
  const TemporaryFolder folder;
  {
    const auto mine = Claim::take(folder.path(), "a");
    ASSERT_TRUE(mine);
    EXPECT_FALSE(Claim::take(folder.path(), "a"));
    EXPECT_TRUE(Claim::take(folder.path(), "b"));
    const std::string holder = Claim::holder(folder.path(), "a");
    EXPECT_TRUE(holder.starts_with("process " + std::to_string(::getpid()) + " on ")) << holder;
    EXPECT_TRUE(read_file(folder / "a.1.claim").starts_with(holder + "\n"));
  }
  EXPECT_EQ(files_in(folder.path()), std::vector<std::string>{});
  EXPECT_EQ(Claim::holder(folder.path(), "a"), "");
}

// The claim of another process of this machine, which has ended.
TEST(Claim, LapsesWithItsProcess) {
  const TemporaryFolder folder;
  auto claim = Claim::take(folder.path(), "a");
  std::string text = read_file(folder / "a.1.claim");
  const std::string own = "process " + std::to_string(::getpid()) + " ";
  ASSERT_TRUE(text.starts_with(own));
  write_file(folder / "b.1.claim", "process 1999999999 " + text.substr(own.size()));
  EXPECT_EQ(Claim::holder(folder.path(), "b"), "");
  const auto taken = Claim::take(folder.path(), "b");
  EXPECT_TRUE(taken);
  EXPECT_TRUE(fs::exists(folder / "b.2.claim"));
}

// A number that now belongs to another process, which started at another time.
TEST(Claim, IsNotThatOfALaterProcessOfTheSameNumber) {
  const TemporaryFolder folder;
  const auto claim = Claim::take(folder.path(), "a");
  std::string text = read_file(folder / "a.1.claim");
  const size_t last = text.rfind(' ');
  write_file(folder / "b.1.claim", text.substr(0, last + 1) + "1\n");
  EXPECT_EQ(Claim::holder(folder.path(), "b"), "");
}

TEST(Claim, OfAnotherMachineLapsesAfterAMinuteOfSilence) {
  const TemporaryFolder folder;
  const fs::path file = folder / "a.1.claim";
  write_file(file, "process 12 on elsewhere\nboot/pid:[1] 34\n");
  EXPECT_EQ(Claim::holder(folder.path(), "a"), "process 12 on elsewhere");
  make_older(file, 50);
  EXPECT_FALSE(Claim::take(folder.path(), "a"));
  make_older(file, 20);
  EXPECT_EQ(Claim::holder(folder.path(), "a"), "");
  EXPECT_TRUE(Claim::take(folder.path(), "a"));
}

// A file that was made but not yet written to is a claim too.
TEST(Claim, CountsBeforeItsHolderIsWritten) {
  const TemporaryFolder folder;
  write_file(folder / "a.1.claim", "");
  EXPECT_EQ(Claim::holder(folder.path(), "a"), "another process");
  EXPECT_FALSE(Claim::take(folder.path(), "a"));
}

TEST(Claim, CanBeCheckedForInAFolder) {
  const TemporaryFolder folder;
  EXPECT_NO_THROW(Claim::check(folder.path()));
  EXPECT_EQ(files_in(folder.path()), std::vector<std::string>{});
  EXPECT_THROW(Claim::check(folder / "missing"), Error);
}

}  // namespace
}  // namespace latent
