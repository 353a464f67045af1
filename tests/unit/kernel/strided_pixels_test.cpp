#include "kernel/strided_pixels.h"

#include "unit/expect.h"

namespace latent {
namespace {

TEST(StridedPixels, SmallAndLargePixelsAreConnectedBothWays) {
  const kernel::StridedConv conv{.images = 1,
                                 .large = {.height = 8, .width = 6, .channels = 16},
                                 .small = {.height = 4, .width = 3, .channels = 32},
                                 .size = 3,
                                 .stride = 2,
                                 .padding = 1,
                                 .slope = 0};
  for (int64_t tap = 0; tap < conv.taps(); ++tap) {
    const kernel::Pixel large = kernel::large_pixel(conv, {.y = 2, .x = 1}, tap);
    ASSERT_TRUE(kernel::reaches(conv, large, tap));
    const kernel::Pixel small = kernel::small_pixel(conv, large, tap);
    EXPECT_EQ(small.y, 2);
    EXPECT_EQ(small.x, 1);
    EXPECT_FALSE(kernel::reaches(conv, {.y = large.y + 1, .x = large.x}, tap));
  }
  const kernel::Pixel corner = kernel::large_pixel(conv, {.y = 0, .x = 0}, 0);
  EXPECT_FALSE(kernel::is_in(conv.large, corner));
  EXPECT_EQ(kernel::offset(conv.large, {.y = 1, .x = 2}), (6 + 2) * 16);
}

}  // namespace
}  // namespace latent
