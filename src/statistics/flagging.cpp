#include "statistics/flagging.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

namespace latent::statistics {
namespace {

std::optional<double> share_of(int64_t part, int64_t rest) {
  if (part + rest == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(part + rest);
}

// A number that is at least `low` and below `high`.
double halfway(double low, double high) {
  const double middle = low + (high - low) / 2;
  return middle < high ? middle : low;
}

}  // namespace

std::optional<double> Flagging::precision() const { return share_of(hits, false_alarms); }

std::optional<double> Flagging::recall() const { return share_of(hits, missed); }

double Flagging::f1() const {
  if (hits == 0) return 0;
  return 2 * static_cast<double>(hits) / static_cast<double>(2 * hits + false_alarms + missed);
}

Flagging flagged_above(const Tensor& scores, const Tensor& positive, double threshold) {
  const Tensor flagged = scores.to(at::kDouble).gt(threshold);
  const auto count = [](const Tensor& where) { return where.sum().item<int64_t>(); };
  Flagging found{.hits = count(flagged.logical_and(positive)), .false_alarms = 0, .missed = 0};
  found.false_alarms = count(flagged) - found.hits;
  found.missed = count(positive) - found.hits;
  return found;
}

double best_f1_threshold(const Tensor& scores, const Tensor& positive) {
  TORCH_CHECK(positive.any().item<bool>(), "best_f1_threshold needs positive examples");
  const auto sorted = scores.to(at::kDouble).sort(/*dim=*/0, /*descending=*/true);
  const Tensor hit = positive.index({std::get<1>(sorted)}).to(at::kDouble);
  // Equal scores are flagged together: each step takes one more of the different scores.
  const auto steps = at::unique_consecutive(std::get<0>(sorted), /*return_inverse=*/false,
                                            /*return_counts=*/true);
  const Tensor& score = std::get<0>(steps);
  const Tensor taken = std::get<2>(steps).cumsum(0);
  const Tensor found = hit.cumsum(0).index({taken - 1});
  // F1 is 2 found / (taken + positives); argmax takes the first of equals, which flags least.
  const Tensor f1 = 2 * found / (taken.to(at::kDouble) + hit.sum());
  const auto best = f1.eq(f1.max()).to(at::kByte).argmax().item<int64_t>();
  const auto lowest = score[best].item<double>();
  if (best + 1 == score.numel())
    return std::nextafter(lowest, -std::numeric_limits<double>::infinity());
  return halfway(score[best + 1].item<double>(), lowest);
}

}  // namespace latent::statistics
