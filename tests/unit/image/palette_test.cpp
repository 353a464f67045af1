#include "image/palette.h"

#include <array>
#include <utility>
#include <vector>

#include "unit/expect.h"

namespace latent {
namespace {

Picture pixels(int64_t channels, std::vector<uint8_t> values) {
  Picture made(static_cast<int64_t>(values.size()) / channels, 1, channels, 0);
  made.pixels = std::move(values);
  return made;
}

TEST(Palette, KeepsFewColoursAndAllGreys) {
  const Picture red_and_blue = pixels(3, {255, 0, 0, 0, 0, 255, 255, 0, 0});
  Palette few({red_and_blue});
  EXPECT_EQ(few.notice(), "");
  EXPECT_EQ(few.colours().size(), 2u);
  const auto indices = few.indices(red_and_blue);
  ASSERT_EQ(indices.size(), 3u);
  EXPECT_EQ(indices[0], indices[2]);
  EXPECT_EQ(few.colours()[indices[1]], (std::array<uint8_t, 3>{0, 0, 255}));
  Palette grey({pixels(1, {3, 200})});
  EXPECT_EQ(grey.colours().size(), 256u);
  EXPECT_EQ(grey.indices(pixels(1, {3, 200})), (std::vector<uint8_t>{3, 200}));
}

TEST(Palette, MapsOtherColoursToTheNearest) {
  Palette few({pixels(3, {255, 0, 0, 0, 0, 255})});
  const auto indices = few.indices(pixels(3, {200, 20, 10}));
  EXPECT_EQ(few.colours()[indices[0]], (std::array<uint8_t, 3>{255, 0, 0}));
}

}  // namespace
}  // namespace latent
