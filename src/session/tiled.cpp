#include "session/tiled.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

namespace latent {
namespace {

// Where tiles of `length` start along `size` pixels: half a tile apart, the last one at the end.
std::vector<int64_t> starts(int64_t size, int64_t length) {
  std::vector<int64_t> all;
  const int64_t step = std::max<int64_t>(1, length / 2);
  for (int64_t first = 0; first + length < size; first += step)
    all.push_back(first);
  all.push_back(size - length);
  return all;
}

// Weights [length]: 1 in the middle, falling towards both ends, never 0.
Tensor ramp(int64_t length) {
  const Tensor position = at::arange(length, at::kFloat);
  return at::minimum(position + 1, static_cast<double>(length) - position) * 2 /
         static_cast<double>(length + 1);
}

}  // namespace

Tensor by_tiles(const Tensor& image, int64_t height, int64_t width,
                const std::function<Tensor(const Tensor&)>& work) {
  expect_shape(image, {1, -1, -1, -1}, "image to cut");
  const int64_t below = std::max<int64_t>(0, height - image.size(2));
  const int64_t right = std::max<int64_t>(0, width - image.size(3));
  const Tensor whole =
      below + right == 0 ? image : at::replication_pad2d(image, {0, right, 0, below});
  const auto rows = starts(whole.size(2), height), columns = starts(whole.size(3), width);
  std::vector<Tensor> tiles;
  for (const int64_t y : rows) {
    for (const int64_t x : columns)
      tiles.push_back(whole.narrow(2, y, height).narrow(3, x, width));
  }
  const Tensor done = work(at::cat(tiles));
  const Tensor weight = ramp(height).unsqueeze(1) * ramp(width);  // [height, width]
  const Tensor sum = at::zeros_like(whole), weights = at::zeros_like(whole);
  int64_t tile = 0;
  for (const int64_t y : rows) {
    for (const int64_t x : columns) {
      sum.narrow(2, y, height).narrow(3, x, width).add_(done[tile++] * weight);
      weights.narrow(2, y, height).narrow(3, x, width).add_(weight);
    }
  }
  return (sum / weights).narrow(2, 0, image.size(2)).narrow(3, 0, image.size(3));
}

}  // namespace latent
