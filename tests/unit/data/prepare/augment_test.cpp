// Random variants of training images.
#include "data/prepare/augment.h"

#include <set>

#include "config/config.h"
#include "core/random.h"
#include "sets/registry.h"
#include "unit/expect.h"

namespace latent {
namespace {

Augmentation augmentation(const std::string& keys) {
  Config config = Config::parse("{\"augment\": " + keys + "}", "x");
  Augmentation made;
  Section root = config.root();
  made.read(root);
  config.check_all_read();
  return made;
}

// No two pixels are equal, and the sides differ.  Returns [B, 3, 4, 6], the same image B times.
Tensor copies(int64_t count) {
  const Tensor image = torch::arange(3 * 4 * 6).to(at::kFloat).view({1, 4, 6, 3});
  return image.expand({count, 4, 6, 3}).contiguous().permute({0, 3, 1, 2});
}

// The image moved by hand: pixel (y, x) comes from (y + dy, x + dx), clamped; then mirrored.
Tensor moved(const Tensor& image, int64_t dy, int64_t dx, bool mirrored) {
  Tensor result = torch::empty_like(image);
  const int64_t height = image.size(1), width = image.size(2);
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      const int64_t from_y = std::clamp<int64_t>(y + dy, 0, height - 1);
      const int64_t from_x = std::clamp<int64_t>(x + dx, 0, width - 1);
      result.select(2, x).select(1, y).copy_(
          image.select(2, mirrored ? width - 1 - from_x : from_x).select(1, from_y));
    }
  }
  return result;
}

// The numbers of the allowed variants that occur; fails for an image that is none of them.
std::set<size_t> variants_seen(const Tensor& images, const std::vector<Tensor>& allowed) {
  std::set<size_t> seen;
  for (int64_t i = 0; i < images.size(0); ++i) {
    const auto found = std::find_if(allowed.begin(), allowed.end(), [&](const Tensor& variant) {
      return variant.equal(images[i]);
    });
    EXPECT_NE(found, allowed.end()) << "image " << i << " is no allowed variant";
    seen.insert(static_cast<size_t>(found - allowed.begin()));
  }
  return seen;
}

TEST(Augmentation, IsOffByDefault) {
  const Augmentation none = augmentation("{}");
  EXPECT_FALSE(none.active());
  const Tensor images = copies(2);
  EXPECT_TRUE(none.apply(images, generator(0, Stream::kAugmentation)).is_same(images));
}

TEST(Augmentation, FlipsAboutHalfOfTheImages) {
  const Tensor images = copies(400);
  const Tensor got =
      augmentation("{\"flip\": true}").apply(images, generator(3, Stream::kAugmentation));
  const Tensor mirrored = images[0].flip({2});
  variants_seen(got, {images[0], mirrored});
  const auto flipped = got.eq(mirrored).flatten(1).all(1).sum().item<int64_t>();
  EXPECT_NEAR(static_cast<double>(flipped), 200, 50);  // five standard deviations
}

TEST(Augmentation, MovesByEveryAllowedOffset) {
  const Tensor images = copies(2000);
  const Tensor got = augmentation("{\"flip\": true, \"shift\": 2}")
                         .apply(images, generator(5, Stream::kAugmentation));
  std::vector<Tensor> allowed;
  for (const bool mirrored : {false, true}) {
    for (int64_t dy = -2; dy <= 2; ++dy) {
      for (int64_t dx = -2; dx <= 2; ++dx)
        allowed.push_back(moved(images[0], dy, dx, mirrored));
    }
  }
  EXPECT_EQ(variants_seen(got, allowed).size(), 50U);
  EXPECT_TRUE(got.is_contiguous(at::MemoryFormat::ChannelsLast));
}

TEST(Augmentation, TakesShiftsBeyondTheImage) {
  const Tensor got =
      augmentation("{\"shift\": 100}").apply(copies(20), generator(1, Stream::kAugmentation));
  EXPECT_EQ(got.sizes(), copies(20).sizes());
}

TEST(Augmentation, DependsOnTheStreamAlone) {
  const Augmentation both = augmentation("{\"flip\": true, \"shift\": 1}");
  const Tensor images = copies(64);
  const auto variant = [&](uint64_t step) {
    return both.apply(images, generator(0, Stream::kAugmentation, step));
  };
  EXPECT_TRUE(variant(7).equal(variant(7)));
  EXPECT_FALSE(variant(7).equal(variant(8)));
}

TEST(Augmentation, IsReadForEveryImageSet) {
  Config config =
      Config::parse("{\"data\": {\"name\": \"shapes\", \"augment\": {\"flip\": true}}}", "x");
  EXPECT_TRUE(configure_dataset(config.root().section("data")).augmentation.active());
  config.check_all_read();
  expect_error([] { augmentation("{\"shift\": -1}"); },
               "x: augment.shift: got -1; expected an integer >= 0 and <= 4096");
}

}  // namespace
}  // namespace latent
