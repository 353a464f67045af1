#include "space/code_tables.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/parallel.h"
#include "format/range_coder.h"

namespace latent::space {
namespace {

constexpr std::array<std::array<int64_t, 3>, 10> kTried{{{16, 0, 0},
                                                         {10, 3, 3},
                                                         {6, 5, 5},
                                                         {4, 6, 6},
                                                         {2, 7, 7},
                                                         {1, 8, 7},
                                                         {2, 4, 10},
                                                         {2, 10, 4},
                                                         {1, 3, 12},
                                                         {1, 12, 3}}};
constexpr int64_t kHeldOut = 10;  // every tenth image chooses the weights
constexpr int64_t kDoubt = 16;    // added to a row's sum: a context that was rare says little
constexpr int64_t kMostCodes = 65536;

// Rows of counts as integers that add up to at most kTableTotal.
Tensor scaled(const Tensor& counts) {
  const Tensor all = counts.sum(-1, true) + kDoubt;
  return counts.mul(kTableTotal).div(all, "floor").to(at::kInt).contiguous();
}

// How often each of `rows` contexts meets each code: [rows, K] int64.
Tensor count_pairs(const Tensor& contexts, const Tensor& codes, int64_t rows, int64_t size) {
  const Tensor pairs = contexts.reshape(-1) * size + codes.reshape(-1);
  return at::bincount(pairs, {}, rows * size).view({rows, size});
}

CodeTables count(const Tensor& indices, int64_t codes, int64_t width) {
  const int64_t places = indices.size(1);
  const Tensor place = at::arange(places, at::kLong).expand_as(indices);
  CodeTables tables{.place = scaled(count_pairs(place, indices, places, codes)),
                    .left = {},
                    .above = {},
                    .weights = {kWeights, 0, 0},
                    .width = std::max<int64_t>(1, width)};
  if (width == 0 || codes > kMostPaired) return tables;
  const Tensor map = indices.reshape({-1, places / width, width});
  const auto neighbours = [&](int64_t dimension) {
    const int64_t steps = map.size(dimension) - 1;
    return scaled(count_pairs(map.narrow(dimension, 0, steps), map.narrow(dimension, 1, steps),
                              codes, codes));
  };
  tables.left = neighbours(2);
  tables.above = neighbours(1);
  return tables;
}

const int32_t* values_of(const Tensor& table) {
  return table.defined() ? table.const_data_ptr<int32_t>() : nullptr;
}

/// The frequencies of all codes at one place, given the codes before it.
class PlaceFrequencies {
 public:
  explicit PlaceFrequencies(const CodeTables& tables)
      : tables_(tables),
        place_(tables.place.const_data_ptr<int32_t>()),
        left_(values_of(tables.left)),
        above_(values_of(tables.above)),
        frequencies_(static_cast<size_t>(tables.codes())) {}

  // codes: those of the places before `at`.
  void at(int64_t at, const int64_t* codes) {
    const int64_t count = tables_.codes();
    const int32_t* const tables[] = {
        place_ + at * count,
        left_ != nullptr && at % tables_.width > 0 ? left_ + codes[at - 1] * count : nullptr,
        above_ != nullptr && at >= tables_.width ? above_ + codes[at - tables_.width] * count
                                                 : nullptr};
    std::fill(frequencies_.begin(), frequencies_.end(), 1U);
    for (size_t which = 0; which < 3; ++which) {
      const auto weight = static_cast<uint32_t>(tables_.weights[which]);
      if (tables[which] == nullptr || weight == 0) continue;
      for (size_t i = 0; i < frequencies_.size(); ++i)
        frequencies_[i] += weight * static_cast<uint32_t>(tables[which][i]);
    }
    total_ = 0;
    for (const uint32_t frequency : frequencies_)
      total_ += frequency;
  }

  uint32_t total() const { return total_; }
  SymbolRange of(int64_t code) const {
    SymbolRange range{.start = 0, .size = 0, .total = total_};
    for (size_t i = 0; i < static_cast<size_t>(code); ++i)
      range.start += frequencies_[i];
    range.size = frequencies_[static_cast<size_t>(code)];
    return range;
  }
  // The code whose range holds `target`, and that range.
  std::pair<int64_t, SymbolRange> holding(uint32_t target) const {
    SymbolRange range{.start = 0, .size = 0, .total = total_};
    for (size_t i = 0;; ++i) {
      range.size = frequencies_[i];
      if (target - range.start < range.size) return {static_cast<int64_t>(i), range};
      range.start += range.size;
    }
  }

 private:
  const CodeTables& tables_;
  const int32_t *place_, *left_, *above_;
  std::vector<uint32_t> frequencies_;
  uint32_t total_ = 0;
};

static_assert(65536 + kWeights * kTableTotal <= kLargestTotal);

}  // namespace

Tensor code_bits(const CodeTables& tables, const Tensor& indices) {
  Tensor bits = at::zeros({indices.size(0)}, at::kDouble);
  auto* const sums = bits.data_ptr<double>();
  const Tensor rows = indices.contiguous();
  parallel_for(rows.size(0), 16, [&](int64_t begin, int64_t end) {
    PlaceFrequencies frequencies(tables);
    for (int64_t n = begin; n < end; ++n) {
      const int64_t* const codes = rows.const_data_ptr<int64_t>() + n * rows.size(1);
      for (int64_t p = 0; p < rows.size(1); ++p) {
        frequencies.at(p, codes);
        const SymbolRange range = frequencies.of(codes[p]);
        sums[n] -= std::log2(static_cast<double>(range.size) / range.total);
      }
    }
  });
  return bits;
}

bool usable(const CodeTables& tables) {
  const auto fits = [](const Tensor& table, int64_t codes) {
    return table.defined() && table.dim() == 2 && table.is_contiguous() &&
           table.scalar_type() == at::kInt && table.size(0) > 0 && table.size(1) == codes &&
           table.ge(0).all().item<bool>() && table.sum(1).max().item<int64_t>() <= kTableTotal;
  };
  if (!tables.place.defined() || tables.place.dim() != 2) return false;
  const int64_t codes = tables.codes();
  if (codes < 1 || codes > kMostCodes || !fits(tables.place, codes) || tables.width < 1)
    return false;
  if (tables.left.defined() != tables.above.defined()) return false;
  for (const Tensor& table : {tables.left, tables.above}) {
    if (table.defined() && !(fits(table, codes) && table.size(0) == codes)) return false;
  }
  const auto& weights = tables.weights;
  return std::min({weights[0], weights[1], weights[2]}) >= 0 &&
         weights[0] + weights[1] + weights[2] == kWeights;
}

CodeTables fit_code_tables(const Tensor& indices, int64_t codes, int64_t width) {
  const Tensor held = at::arange(indices.size(0), at::kLong).remainder(kHeldOut).eq(0);
  CodeTables trial = count(indices.index({held.logical_not()}), codes, width);
  const Tensor judged = indices.index({held});
  if (!trial.left.defined() || judged.size(0) == 0 || judged.size(0) == indices.size(0))
    return count(indices, codes, width);
  double fewest = std::numeric_limits<double>::infinity();
  std::array<int64_t, 3> best = kTried.front();
  for (const auto& weights : kTried) {
    trial.weights = weights;
    const double bits = code_bits(trial, judged).sum().item<double>();
    if (bits < fewest) {
      fewest = bits;
      best = weights;
    }
  }
  CodeTables tables = count(indices, codes, width);
  tables.weights = best;
  return tables;
}

std::string encode_codes(const CodeTables& tables, const Tensor& indices) {
  const Tensor row = indices.contiguous();
  const int64_t* const codes = row.const_data_ptr<int64_t>();
  PlaceFrequencies frequencies(tables);
  RangeEncoder encoder;
  for (int64_t p = 0; p < tables.places(); ++p) {
    frequencies.at(p, codes);
    encoder.add(frequencies.of(codes[p]));
  }
  return encoder.finish();
}

Tensor decode_codes(const CodeTables& tables, std::string_view bytes) {
  Tensor indices = at::zeros({tables.places()}, at::kLong);
  auto* const codes = indices.data_ptr<int64_t>();
  PlaceFrequencies frequencies(tables);
  RangeDecoder decoder(bytes);
  for (int64_t p = 0; p < tables.places(); ++p) {
    frequencies.at(p, codes);
    const auto [code, range] = frequencies.holding(decoder.target(frequencies.total()));
    codes[p] = code;
    decoder.take(range);
  }
  return indices;
}

}  // namespace latent::space
