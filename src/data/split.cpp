#include "data/split.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/random.h"

namespace latent {

CarvedSplit carve(int64_t count, double fraction, uint64_t seed, const std::string& where) {
  if (count < 2) {
    throw Error(where + ": " + std::to_string(count) +
                " training image(s); expected at least 2 to carve a validation set from");
  }
  const auto wanted = static_cast<int64_t>(std::llround(fraction * static_cast<double>(count)));
  const int64_t held_out = std::clamp<int64_t>(wanted, 1, count - 1);
  const Tensor order =
      at::randperm(count, generator(seed, Stream::kSplit), at::TensorOptions(at::kLong));
  const auto sorted = [](const Tensor& indices) { return std::get<0>(indices.sort()); };
  return {.train = sorted(order.narrow(0, held_out, count - held_out)),
          .validation = sorted(order.narrow(0, 0, held_out))};
}

}  // namespace latent
