// Entry point of the unit tests. Unlike GoogleTest's own, it exits with 77, which ctest shows as
// skipped, if all tests were skipped and none failed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/device/device.h"

namespace {

constexpr int kSkipped = 77;

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  // LibTorch looks for CUDA only once, so CUDA is loaded first.
  latent::parse_device("auto");
  const int failed = RUN_ALL_TESTS();
  const auto& unit = *testing::UnitTest::GetInstance();
  const bool only_skipped = unit.skipped_test_count() > 0 && unit.successful_test_count() == 0;
  return failed == 0 && only_skipped ? kSkipped : failed;
}
