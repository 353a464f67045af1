#include "data/selection/random_split.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/log.h"
#include "core/random.h"

namespace latent {

HoldOut hold_out(int64_t count, double fraction, uint64_t seed, const std::string& where) {
  if (count < 1) throw Error(where + ": no examples; expected at least one to train on");
  if (count == 1) {
    log::warn("{}: 1 example, which serves every split: nothing can be held out", where);
    return {.train = at::zeros({1}, at::kLong), .validation = at::zeros({1}, at::kLong)};
  }
  const auto wanted = static_cast<int64_t>(std::llround(fraction * static_cast<double>(count)));
  const int64_t held_out = std::clamp<int64_t>(wanted, 1, count - 1);
  const Tensor order =
      at::randperm(count, generator(seed, Stream::kSplit), at::TensorOptions(at::kLong));
  const auto sorted = [](const Tensor& indices) { return std::get<0>(indices.sort()); };
  return {.train = sorted(order.narrow(0, held_out, count - held_out)),
          .validation = sorted(order.narrow(0, 0, held_out))};
}

double draw_for_name(std::string_view name, uint64_t seed, uint64_t draw) {
  uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a; stream_seed mixes what it leaves unmixed
  for (const char character : name)
    hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3ULL;
  const uint64_t mixed = stream_seed(stream_seed(seed, Stream::kSplit, draw), Stream::kSplit, hash);
  return static_cast<double>(mixed >> 11) * 0x1p-53;
}

Split split_of_name(std::string_view name, double validation, double test, uint64_t seed) {
  const double drawn = draw_for_name(name, seed);
  if (drawn < test) return Split::kTest;
  return drawn < test + validation ? Split::kValidation : Split::kTrain;
}

}  // namespace latent
