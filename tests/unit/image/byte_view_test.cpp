#include "image/byte_view.h"

#include "unit/expect.h"

namespace latent {
namespace {

TEST(ByteView, ReadsNumbersInEitherOrder) {
  const ByteView little("\x01\x02\x03\x04", false), big("\x01\x02\x03\x04", true);
  EXPECT_EQ(little.u8(1), 0x02u);
  EXPECT_EQ(little.u16(0), 0x0201u);
  EXPECT_EQ(big.u16(0), 0x0102u);
  EXPECT_EQ(little.u32(0), 0x04030201u);
  EXPECT_EQ(big.u32(0), 0x01020304u);
  EXPECT_EQ(ByteView("\xfe\xff\xff\xff", false).i32(0), -2);
  EXPECT_FALSE(little.read_beyond_end());
}

TEST(ByteView, RemembersReadsBeyondTheEnd) {
  const ByteView view("abc", false);
  EXPECT_TRUE(view.has(1, "bc"));
  EXPECT_FALSE(view.has(2, "cd"));
  EXPECT_FALSE(view.has(SIZE_MAX, "a"));
  EXPECT_EQ(view.part(1, 9), "bc");
  EXPECT_EQ(view.part(7, 9), "");
  EXPECT_FALSE(view.read_beyond_end());
  EXPECT_EQ(view.u16(2), 0u);
  EXPECT_TRUE(view.read_beyond_end());
  const ByteView other("abc", false);
  EXPECT_EQ(other.u32(SIZE_MAX - 1), 0u);
  EXPECT_TRUE(other.read_beyond_end());
}

}  // namespace
}  // namespace latent
