#include "export/tensorboard/event_file.h"

#include <gmock/gmock.h>

#include "core/system/file.h"
#include "export/tensorboard/tensorboard_log.h"
#include "unit/expect.h"

namespace latent::tensorboard {
namespace {

using testing::ElementsAre;

// CRC-32C of "123456789" is 0xe3069283; turned right by 15 bits it is 0x2507c60d, and with the
// constant added 0xc78ab0e5.
TEST(EventFile, ChecksumsAreMasked) { EXPECT_EQ(masked_checksum("123456789"), 0xc78ab0e5); }

TEST(EventFile, ARecordIsItsLengthAndItsDataWithAChecksumEach) {
  const std::string bytes = record("123456789");
  ASSERT_EQ(bytes.size(), 8 + 4 + 9 + 4);
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x09\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(bytes.substr(12, 9), "123456789");
  EXPECT_EQ(bytes.substr(21), "\xe5\xb0\x8a\xc7");
}

TEST(EventFile, AHistogramHasEqualRanges) {
  const HistogramCounts counts = count_values({0, 1, 2, 3, 4, 4, NAN, INFINITY}, 4);
  EXPECT_THAT(counts.limits, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(counts.counts, ElementsAre(2, 1, 1, 2)) << "0 and 1; 2; 3; twice 4";
  EXPECT_EQ(counts.count, 6);
  EXPECT_EQ(counts.sum, 14);
  EXPECT_EQ(counts.squares, 46);
  EXPECT_EQ(counts.least, 0);
  EXPECT_EQ(counts.most, 4);
}

TEST(EventFile, EqualValuesAreOneRange) {
  const HistogramCounts counts = count_values({2, 2, 2}, 30);
  EXPECT_THAT(counts.limits, ElementsAre(2));
  EXPECT_THAT(counts.counts, ElementsAre(3));
  EXPECT_TRUE(count_values({}, 30).limits.empty());
}

TEST(EventFile, EachHasANameOfItsOwn) {
  const TemporaryFolder folder;
  const EventFile first(folder.path(), 0), second(folder.path(), 0);
  EXPECT_NE(first.path(), second.path());
  EXPECT_TRUE(first.path().filename().string().starts_with("events.out.tfevents."));
  EXPECT_THROW(EventFile(first.path(), 0), Error) << "a file is no folder";
}

TEST(EventFile, ColumnsAreGroupedBySplit) {
  EXPECT_EQ(tensorboard_tag("train_loss"), "train/loss");
  EXPECT_EQ(tensorboard_tag("val_nll_mean"), "val/nll_mean");
  EXPECT_EQ(tensorboard_tag("learning_rate"), "learning_rate");
}

}  // namespace
}  // namespace latent::tensorboard
