#include "kernel/allowed.h"

#include <string>

#include "kernel/simd.h"
#include "unit/expect.h"

namespace latent {
namespace {

TEST(AllowedKernels, FollowTheVariable) {
  using kernel::Allowed, kernel::parse_allowed;
  EXPECT_EQ(parse_allowed(nullptr), Allowed::kAll);
  EXPECT_EQ(parse_allowed(""), Allowed::kAll);
  EXPECT_EQ(parse_allowed("narrow"), Allowed::kNarrow);
  EXPECT_EQ(parse_allowed("off"), Allowed::kNothing);
  for (const std::string wrong : {"Off", "wide", "1", "narrow "}) {
    expect_error([&] { parse_allowed(wrong.c_str()); },
                 "LATENT_KERNELS=" + wrong + ": expected narrow or off, or no such variable");
  }
}

TEST(AllowedKernels, DecideOnTheWideTiles) {
  if (kernel::allowed() == kernel::Allowed::kAll) GTEST_SKIP() << "LATENT_KERNELS is not set";
  EXPECT_FALSE(kernel::has_wide_registers());
}

}  // namespace
}  // namespace latent
