#include "image/webp_frame.h"

#include "unit/expect.h"
#include "unit/image_files.h"

namespace latent {
namespace {

using namespace testing_files;

TEST(WebpFrame, TheFirstFrameBecomesAStillPicture) {
  const WebpFrame frame = first_webp_frame(animated_webp());
  EXPECT_EQ(frame.still, webp());
  EXPECT_EQ(frame.x, 2);
  EXPECT_EQ(frame.y, 0);
  EXPECT_EQ(count_webp_frames(animated_webp()), 2);
}

TEST(WebpFrame, StillPicturesHaveNoFrames) {
  EXPECT_EQ(first_webp_frame(webp()).still, "");
  EXPECT_EQ(count_webp_frames(webp()), 1);
  EXPECT_EQ(first_webp_frame("RIFF").still, "");
  EXPECT_EQ(first_webp_frame(animated_webp().substr(0, 60)).still, "");
}

}  // namespace
}  // namespace latent
