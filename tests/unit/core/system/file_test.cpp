// Reading whole files with limits, and writing them so that no reader ever sees half of one.
#include "core/system/file.h"

#include <spdlog/fmt/fmt.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <vector>

#include "unit/expect.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

size_t entries(const fs::path& folder) {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder))
    ++count;
  return count;
}

// Limits the size of files that this process writes while it lives: writing fails as on a full
// disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limited{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limited);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(File, RoundTripsEveryByte) {
  const TemporaryFolder folder;
  std::string bytes;
  for (int i = 0; i < 1000; ++i)
    bytes += static_cast<char>(i * 7 % 256);
  write_file(folder / "a", bytes);
  EXPECT_EQ(read_file(folder / "a"), bytes);
  write_file(folder / "a", "");
  EXPECT_EQ(read_file(folder / "a"), "");
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(File, ReadingNamesTheReason) {
  const TemporaryFolder folder;
  const std::string root = folder.path().string();
  expect_error([&] { read_file(folder / "none"); }, root + "/none: no such file");
  const std::string endless = (folder / std::string(300, 'x')).string();
  expect_error([&] { read_file(endless); }, endless + ": cannot be read: File name too long");
  expect_error([&] { make_directories(endless); },
               endless + ": cannot make this folder: File name too long");
  expect_error([&] { read_file(folder.path()); }, root + ": is a folder; expected a file");
  write_file(folder / "five", "12345");
  EXPECT_EQ(read_file(folder / "five", 5), "12345");
  expect_error([&] { read_file(folder / "five", 4); }, root + "/five: 5 bytes; expected at most 4");
}

TEST(File, EndlessFilesAreReadUpToTheLimit) {
  expect_error([] { read_file("/dev/zero", 4096); },
               "/dev/zero: more than 4096 bytes; expected at most that");
  EXPECT_EQ(read_file("/dev/null", 4096), "");
}

TEST(File, PipesAreReadOnlyIfAllowed) {
  const TemporaryFolder folder;
  const fs::path pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::string refused = pipe.string() + ": not a regular file; expected one";
  expect_error([&] { open_regular_file(pipe); }, refused);
  expect_error([&] { open_regular_file("/dev/null"); },
               "/dev/null: not a regular file; expected one");
  expect_error([&] { open_regular_file(folder.path()); },
               folder.path().string() + ": is a folder; expected a file");
  const std::string bytes(3'000'000, 'x');
  std::thread writer([&] { std::ofstream(pipe) << bytes; });
  const std::string read = read_file(pipe);
  writer.join();
  EXPECT_TRUE(read == bytes) << read.size();
}

TEST(File, CreatesFoldersWithTheirParents) {
  const TemporaryFolder folder;
  make_directories(folder / "a/b/c");
  make_directories(folder / "a/b/c");
  EXPECT_TRUE(fs::is_directory(folder / "a/b/c"));
  write_file(folder / "file", "");
  const std::string file = (folder / "file").string();
  expect_error([&] { make_directories(file); },
               file + ": cannot make this folder: Not a directory");
  expect_error([&] { make_directories(file + "/b"); },
               file + "/b: cannot make this folder: Not a directory");
}

TEST(File, WithoutCommitTheOldFileStays) {
  const TemporaryFolder folder;
  write_file(folder / "a", "old");
  {
    AtomicFile file(folder / "a");
    file.write("new");
    EXPECT_EQ(read_file(folder / "a"), "old");
  }
  EXPECT_EQ(read_file(folder / "a"), "old");
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(File, AFullDiskLeavesTheOldFileAndNothingElse) {
  const TemporaryFolder folder;
  write_file(folder / "a", "old");
  {
    const FileSizeLimit limit(4096);
    expect_error([&] { write_file(folder / "a", std::string(10000, 'x')); },
                 (folder / "a").string() + ": cannot be written: File too large");
  }
  EXPECT_EQ(read_file(folder / "a"), "old");
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(File, AFailedRenameLeavesNothingBehind) {
  const TemporaryFolder folder;
  {
    AtomicFile file(folder / "taken");
    make_directories(folder / "taken");
    expect_error([&] { file.commit(); },
                 (folder / "taken").string() + ": cannot be renamed into place: Is a directory");
  }
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(File, LinksStayAndTheirTargetsAreReplaced) {
  const TemporaryFolder folder;
  make_directories(folder / "there");
  write_file(folder / "there/a", "old");
  fs::create_symlink("there/a", folder / "link");
  fs::create_symlink(folder / "link", folder / "link to link");
  fs::create_symlink("there/new", folder / "link to nothing");
  write_file(folder / "link to link", "new");
  write_file(folder / "link to nothing", "first");
  for (const char* link : {"link", "link to link", "link to nothing"})
    EXPECT_TRUE(fs::is_symlink(folder / link)) << link;
  EXPECT_EQ(read_file(folder / "there/a"), "new");
  EXPECT_FALSE(fs::is_symlink(folder / "there/a"));
  EXPECT_EQ(read_file(folder / "there/new"), "first");
  EXPECT_EQ(entries(folder / "there"), 2u);
  EXPECT_EQ(entries(folder.path()), 4u);

  fs::create_symlink("round", folder / "and");
  fs::create_symlink("and", folder / "round");
  expect_error(
      [&] { write_file(folder / "round", "x"); },
      (folder / "round").string() + ": cannot be written: Too many levels of symbolic links");
}

TEST(File, OnlyRegularFilesAreReplaced) {
  const TemporaryFolder folder;
  make_directories(folder / "folder");
  expect_error([&] { write_file(folder / "folder", "x"); },
               (folder / "folder").string() + ": is a folder; expected a file");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  fs::create_symlink("pipe", folder / "link");
  for (const char* name : {"pipe", "link"}) {
    expect_error(
        [&] { write_file(folder / name, "x"); },
        (folder / name).string() + ": not a regular file; expected one to replace, or a new name");
  }
  EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(entries(folder.path()), 3u);
}

TEST(File, APlantedLinkIsNotFollowed) {
  const TemporaryFolder folder;
  write_file(folder / "precious", "old");
  fs::create_symlink("precious", temporary_name(folder / "x.png"));
  write_file(folder / "x.png", "new");
  EXPECT_EQ(read_file(folder / "precious"), "old");
  EXPECT_EQ(read_file(folder / "x.png"), "new");
  EXPECT_FALSE(fs::is_symlink(folder / "x.png"));
  EXPECT_EQ(entries(folder.path()), 2u);
}

TEST(File, RemovesTemporaryFilesOfDeadProcesses) {
  const TemporaryFolder folder;
  constexpr const char* kGone = ".tmp999999999";  // no system gives such numbers
  const std::string living = fmt::format(".tmp{}", ::getppid());
  for (const std::string& name : {std::string("z.csv") + kGone, std::string("zz.csv") + kGone,
                                  std::string("z.csv.tmp1") + kGone, "z.csv" + living})
    std::ofstream(folder / name) << "half";
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(2);
  for (const auto& entry : fs::directory_iterator(folder.path()))
    fs::last_write_time(entry.path(), long_ago);
  const fs::path fresh = folder / "z.csv.tmp999999997";  // another machine may be writing it
  std::ofstream(fresh) << "half";
  fs::create_symlink("anything", folder / "z.csv.tmp999999998");
  write_file(folder / "z.csv", "whole");
  EXPECT_FALSE(fs::exists(folder / (std::string("z.csv") + kGone)));
  EXPECT_TRUE(fs::exists(folder / ("z.csv" + living)));
  EXPECT_TRUE(fs::exists(folder / (std::string("z.csv.tmp1") + kGone)));
  EXPECT_TRUE(fs::is_symlink(folder / "z.csv.tmp999999998"));
  EXPECT_TRUE(fs::exists(fresh));
  write_file(folder / "zz.csv", "whole");
  EXPECT_FALSE(fs::exists(folder / (std::string("zz.csv") + kGone)));
  EXPECT_EQ(entries(folder.path()), 6u);
}

TEST(File, ASignalLeavesNothingHalfWritten) {
  const TemporaryFolder folder;
  {
    AtomicFile first(folder / "a"), second(folder / "b");
    first.commit();
    EXPECT_EQ(entries(folder.path()), 2u);
    remove_noted_temporaries();
    EXPECT_EQ(entries(folder.path()), 1u);
    expect_error([&] { second.commit(); }, (folder / "b").string() +
                                               ": cannot be renamed into place: No such file or "
                                               "directory");
  }
  for (int i = 0; i < 100; ++i)  // places are free again
    write_file(folder / "c", "x");
  AtomicFile last(folder / "d");
  remove_noted_temporaries();
  EXPECT_FALSE(fs::exists(temporary_name(folder / "d")));
}

TEST(File, NamesAMissingFolder) {
  const TemporaryFolder folder;
  const std::string missing = (folder / "no/such.txt").string();
  expect_error([&] { write_file(missing, "x"); },
               missing + ": cannot be written: No such file or directory");
}

TEST(File, NamesAReadOnlyFolder) {
  const TemporaryFolder folder;
  if (::geteuid() == 0) GTEST_SKIP() << "the superuser may write into a read-only folder";
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
  expect_error([&] { write_file(folder / "a", "x"); },
               (folder / "a").string() + ": cannot be written: Permission denied");
  fs::permissions(folder.path(), fs::perms::owner_all);
}

}  // namespace
}  // namespace latent
