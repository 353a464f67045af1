// The range coder: what is written is read, in as many bytes as the frequencies deserve.
#include "format/range_coder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace latent {
namespace {

TEST(RangeCoder, NothingTakesNoBytes) { EXPECT_EQ(RangeEncoder().finish(), ""); }

TEST(RangeCoder, CertainSymbolsTakeNoBytes) {
  RangeEncoder encoder;
  for (int i = 0; i < 1000; ++i)
    encoder.add({.start = 0, .size = kLargestTotal, .total = kLargestTotal});
  EXPECT_LE(encoder.finish().size(), 1u);
}

// Four equal symbols take two bits each: 3, 0, 1, 2 are 11 00 01 10.
TEST(RangeCoder, EqualSymbolsTakeTheirBits) {
  RangeEncoder encoder;
  for (const uint32_t symbol : {3U, 0U, 1U, 2U})
    encoder.add({.start = symbol, .size = 1, .total = 4});
  EXPECT_EQ(encoder.finish(), "\xc6");
}

TEST(RangeCoder, ReadsWhatItWrote) {
  std::mt19937 engine(1);
  const auto random = [&] { return static_cast<uint32_t>(engine()); };
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<SymbolRange> symbols;
    double bits = 0;
    const auto count = random() % 200;
    for (size_t i = 0; i < count; ++i) {
      const uint32_t total = trial % 3 == 0 ? kLargestTotal : 2 + random() % 5000;
      // Extremes carry over many bytes.
      const uint32_t start = trial % 2 == 0 ? total - 1 : random() % total;
      const uint32_t size = 1 + random() % (total - start);
      symbols.push_back({.start = start, .size = size, .total = total});
      bits -= std::log2(static_cast<double>(size) / total);
    }
    RangeEncoder encoder;
    for (const auto& symbol : symbols)
      encoder.add(symbol);
    const std::string bytes = encoder.finish();
    // Each symbol loses less than a bit to the division by its total.
    EXPECT_LE(static_cast<double>(bytes.size()), (bits + static_cast<double>(count)) / 8 + 5);
    RangeDecoder decoder(bytes);
    for (const auto& symbol : symbols) {
      const uint32_t target = decoder.target(symbol.total);
      ASSERT_GE(target, symbol.start);
      ASSERT_LT(target, symbol.start + symbol.size);
      decoder.take(symbol);
    }
  }
}

TEST(RangeCoder, AnyBytesGiveSomeSymbols) {
  std::mt19937 random(2);
  for (int trial = 0; trial < 200; ++trial) {
    std::string bytes(random() % 20, '\0');
    for (char& byte : bytes)
      byte = static_cast<char>(random());
    RangeDecoder decoder(bytes);
    for (int i = 0; i < 50; ++i) {
      const uint32_t target = decoder.target(7);
      ASSERT_LT(target, 7u);
      decoder.take({.start = target, .size = 1, .total = 7});
    }
  }
}

}  // namespace
}  // namespace latent
