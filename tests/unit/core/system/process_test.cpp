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
  constexpr int64_t kHeld = 64 << 20;
  int64_t while_held = 0;
  {
    const std::vector<char> held(kHeld, 1);
    while_held = peak_resident_bytes();
    EXPECT_GT(while_held, kHeld * held.back());
  }
  EXPECT_GE(peak_resident_bytes(), while_held);
}

// A file that a child process opens afterwards gets none of the three numbers.
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
