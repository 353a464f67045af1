// Compressed pictures as files: every cut and every flipped bit is refused.
#include "format/code_file.h"

#include "core/error.h"
#include "core/system/file.h"
#include "unit/damage.h"
#include "unit/expect.h"

namespace latent {
namespace {

CodeFile sample_code_file() {
  return {.fingerprint = "abcdef",
          .width = 300,
          .height = 28,
          .payload = std::string("\x00\xff", 2) + "codes"};
}

TEST(CodeFile, HoldsWhatItWasGiven) {
  const std::string bytes = code_file_bytes(sample_code_file());
  EXPECT_EQ(bytes.size(), kCodeFileOverhead + 7);
  // 300 is 44 + 256.
  EXPECT_EQ(bytes.substr(0, 14),
            std::string("LtC\x01") + "abcdef" + std::string("\x2c\x01\x1c\x00", 4));
  const CodeFile read = parse_code_file(bytes, "a.ltc");
  EXPECT_EQ(read.fingerprint, "abcdef");
  EXPECT_EQ(read.width, 300);
  EXPECT_EQ(read.height, 28);
  EXPECT_EQ(read.payload, sample_code_file().payload);
}

TEST(CodeFile, OtherFilesAreRefused) {
  const auto refuse = [](const std::string& bytes, const std::string& why) {
    expect_error([&] { parse_code_file(bytes, "a.ltc"); },
                 "a.ltc: " + why + "; expected a file of latent compress");
  };
  refuse("", "not a compressed picture");
  refuse("PNG and so on", "not a compressed picture");
  refuse("LtC", "cut short");
  std::string bytes = code_file_bytes(sample_code_file());
  refuse(bytes + "x", "cut short or damaged");
  refuse("LtC" + std::string(2 * kLargestCodeFile, 'x'), "too large");
}

TEST(CodeFile, EveryCutAndEveryFlippedBitIsRefused) {
  const auto damage =
      damage_everywhere("code file", code_file_bytes(sample_code_file()), [](const auto& path) {
        const CodeFile file = parse_code_file(read_file(path), "a.ltc");
        return file.fingerprint + std::to_string(file.width) + file.payload;
      });
  EXPECT_EQ(damage.cuts.refused, damage.cuts.tried);
  EXPECT_EQ(damage.flips.refused, damage.flips.tried);
}

}  // namespace
}  // namespace latent
