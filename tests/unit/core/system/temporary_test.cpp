#include "core/system/temporary.h"

#include <unistd.h>

#include <chrono>
#include <fstream>

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

TEST(Temporary, NamesAreRecognised) {
  const TemporaryFolder folder;
  AtomicFile file(folder / "a.png");
  EXPECT_TRUE(is_temporary(std::filesystem::directory_iterator(folder.path())->path()));
  EXPECT_TRUE(is_temporary("run/last.safetensors.tmp123"));
  for (const char* other : {"a.png", "a.tmp", "a.tmpl", "a.tmp12x", ".tmp12", "a.tmp12/b"})
    EXPECT_FALSE(is_temporary(other)) << other;
}

TEST(Temporary, NamesHoldTheNumberOfTheProcess) {
  const std::string process = std::to_string(::getpid());
  EXPECT_EQ(temporary_name("a/z.csv"), "a/z.csv.tmp" + process);
  EXPECT_FALSE(is_abandoned("z.csv.tmp" + process));
  EXPECT_TRUE(is_abandoned("z.csv.tmp999999999"));  // no system gives such numbers
}

TEST(Temporary, IsLeftOverAfterAnHour) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "z.csv.tmp999999999";
  std::ofstream(path) << "half";
  EXPECT_FALSE(is_left_over(path));
  std::filesystem::last_write_time(
      path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  EXPECT_TRUE(is_left_over(path));
  EXPECT_FALSE(is_left_over(folder / "z.csv"));
}

}  // namespace
}  // namespace latent
