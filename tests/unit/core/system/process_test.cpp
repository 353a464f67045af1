#include "core/system/process.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "unit/expect.h"

namespace latent {
namespace {

TEST(Process, SecondsSinceLaunchIncrease) {
  const double before = seconds_since_launch();
  EXPECT_GT(before, 0);
  EXPECT_LT(before, 3600);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_GE(seconds_since_launch(), before + 0.019);
}

TEST(Process, PeakMemoryIncludesWhatWasFreed) {
  const int64_t before = peak_resident_bytes();
  EXPECT_GT(before, 1 << 20);
  const size_t more = static_cast<size_t>(before) + (size_t{64} << 20);
  { const std::vector<char> held(more, 1); }
  EXPECT_GT(peak_resident_bytes(), before);
}

// Exits with 0 in a child process if opening a file then gives none of the three numbers.
TEST(Process, ClosedStandardStreamsAreFilled) {
  const auto opened = [] {
    ::close(STDIN_FILENO);
    ::close(STDOUT_FILENO);
    fill_standard_streams();
    std::_Exit(::open("/dev/null", O_RDONLY) > STDERR_FILENO ? 0 : 1);
  };
  EXPECT_EXIT(opened(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace latent
