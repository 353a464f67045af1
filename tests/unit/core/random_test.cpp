// Random streams are reproducible and independent.
#include "core/random.h"

#include <set>

#include "unit/expect.h"

namespace latent {
namespace {

torch::Tensor draw(at::Generator generator, int64_t count = 16) {
  return torch::empty({count}).normal_(0, 1, generator);
}

// Runs made by older versions depend on these numbers (worked out with SplitMix64 by hand).
TEST(Random, SeedsNeverChange) {
  EXPECT_EQ(stream_seed(0, Stream::kWeights), 0x44e5b98100c67fb0ULL);
  EXPECT_EQ(stream_seed(42, Stream::kLatents, 7), 0xab2f97746e2ea953ULL);
}

TEST(Random, EveryKeyMatters) {
  std::set<uint64_t> seen;
  size_t drawn = 0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    for (uint64_t stream = 1; stream <= 11; ++stream) {
      for (uint64_t index = 0; index < 50; ++index, ++drawn) {
        seen.insert(stream_seed(seed, static_cast<Stream>(stream), index));
      }
    }
  }
  EXPECT_EQ(seen.size(), drawn);
}

TEST(Random, EqualKeysDrawEqualNumbers) {
  const auto a = draw(generator(3, Stream::kShuffle, 5));
  EXPECT_TRUE(torch::equal(a, draw(generator(3, Stream::kShuffle, 5))));
  EXPECT_FALSE(torch::equal(a, draw(generator(4, Stream::kShuffle, 5))));
  EXPECT_FALSE(torch::equal(a, draw(generator(3, Stream::kLatents, 5))));
  EXPECT_FALSE(torch::equal(a, draw(generator(3, Stream::kShuffle, 6))));
}

TEST(Random, StreamsDoNotDisturbEachOther) {
  auto alone = generator(0, Stream::kLatents);
  const auto first = draw(alone), second = draw(alone);
  auto disturbed = generator(0, Stream::kLatents);
  const auto one = draw(disturbed);
  draw(generator(0, Stream::kPictures));
  torch::randn({100});  // the default generator
  EXPECT_TRUE(torch::equal(one, first));
  EXPECT_TRUE(torch::equal(draw(disturbed), second));
}

}  // namespace
}  // namespace latent
