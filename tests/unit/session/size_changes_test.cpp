#include "session/size_changes.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace latent {
namespace {

Tensor images(int64_t count, int64_t height, int64_t width) {
  return at::zeros({count, height, width, 1}, at::kByte);
}

TEST(SizeChanges, NameAFileThatIsAlone) {
  SizeChanges changes({.channels = 1, .height = 16, .width = 16});
  EXPECT_EQ(changes.text(), "");
  changes.add("a.png", images(1, 12, 20), /*prepared=*/false);
  EXPECT_EQ(changes.text(),
            "a.png: resized from 12x20 to the model's 16x16 (height x width), which changes its "
            "proportions");
}

TEST(SizeChanges, CountManyByTheirSizes) {
  SizeChanges changes({.channels = 1, .height = 8, .width = 8});
  for (int i = 0; i < 3; ++i)
    changes.add("a.png", images(1, 32, 32), /*prepared=*/false);
  changes.add("b.npy", images(40, 16, 16), /*prepared=*/false);
  EXPECT_EQ(changes.text(),
            "43 images: resized from 16x16 (40), 32x32 (3) to the model's 8x8 (height x width)");
  changes.add("c.png", images(1, 8, 9), /*prepared=*/false);
  changes.add("d.png", images(1, 9, 8), /*prepared=*/false);
  changes.add("e.png", images(2, 4, 4), /*prepared=*/true);
  EXPECT_EQ(changes.text(),
            "2 images: prepared like the images of the run, from 4x4 to 8x8 (height x width)\n"
            "45 images: resized from 16x16 (40), 32x32 (3), 8x9 (1) and 1 other size to the "
            "model's 8x8 (height x width), which changes proportions");
}

}  // namespace
}  // namespace latent
