#include "session/tiled.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

TEST(Tiles, WorkThatChangesNothingChangesNothing) {
  for (const auto& [height, width] :
       {std::pair<int64_t, int64_t>{8, 8}, {21, 34}, {5, 30}, {3, 3}}) {
    const Tensor image = uniform({1, 3, height, width});
    int64_t tiles = 0;
    const Tensor got = by_tiles(image, 8, 8, [&](const Tensor& pieces) {
      EXPECT_EQ(pieces.size(2), 8);
      tiles = pieces.size(0);
      return pieces;
    });
    expect_tensor_near(got, image, 1e-6);
    EXPECT_EQ(tiles, height == 21 ? 5 * 8 : height == 5 ? 7 : 1);
  }
}

// Where tiles overlap, the result passes from one to the other without a step.
TEST(Tiles, AreBlended) {
  const Tensor got = by_tiles(torch::zeros({1, 1, 8, 12}), 8, 8, [](const Tensor& pieces) {
    return pieces + at::arange(pieces.size(0), at::kFloat).view({-1, 1, 1, 1});
  });
  const Tensor row = got[0][0][0];
  EXPECT_EQ(row[3].item<double>(), 0);
  EXPECT_EQ(row[8].item<double>(), 1);
  EXPECT_LT((row.slice(0, 1) - row.slice(0, 0, 11)).max().item<double>(), 0.4);
}

}  // namespace
}  // namespace latent
