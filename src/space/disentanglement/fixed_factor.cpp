#include "space/disentanglement/fixed_factor.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

namespace latent::space {
namespace {

/// The rows of a factor's values, and where each value begins.
struct Shelf {
  int64_t factor = 0;
  std::vector<std::vector<int64_t>> rows;  // of each value; their order changes as they are drawn
  std::vector<int64_t> ends;               // running sums of their numbers

  // u: uniform in [0, 1).
  std::vector<int64_t>& value_at(double u) {
    const auto place = static_cast<int64_t>(u * static_cast<double>(ends.back()));
    const auto found = std::upper_bound(ends.begin(), ends.end(), place);
    const auto value = std::min<size_t>(static_cast<size_t>(found - ends.begin()), rows.size() - 1);
    return rows[value];
  }
};

std::vector<Shelf> shelves_of(const FactorGroups& groups) {
  std::vector<Shelf> shelves;
  for (size_t k = 0; k < groups.size(); ++k) {
    Shelf shelf{.factor = static_cast<int64_t>(k), .rows = {}, .ends = {}};
    for (const Tensor& rows : groups[k]) {
      const Tensor kept = rows.contiguous();
      const auto* first = kept.const_data_ptr<int64_t>();
      shelf.rows.emplace_back(first, first + kept.numel());
      shelf.ends.push_back((shelf.ends.empty() ? 0 : shelf.ends.back()) + kept.numel());
    }
    if (!shelf.rows.empty()) shelves.push_back(std::move(shelf));
  }
  TORCH_CHECK(!shelves.empty(), "no factor has a value that two images share");
  return shelves;
}

// Moves the j-th of the drawn rows to place j, for uniform u: the Fisher-Yates shuffle.
int64_t next_row(std::vector<int64_t>& rows, size_t j, double u) {
  if (j >= rows.size()) return rows[j % rows.size()];
  const auto left = static_cast<double>(rows.size() - j);
  const size_t other = std::min(j + static_cast<size_t>(u * left), rows.size() - 1);
  std::swap(rows[j], rows[other]);
  return rows[j];
}

FixedFactorDraws::Set draw_set(std::vector<Shelf>& shelves, const at::Generator& noise,
                               int64_t draws, int64_t images) {
  // Of each draw: its factor and its value, then a number an image; of each pair: three.
  const Tensor random = at::rand({draws, 2 + 4 * images}, noise, at::kDouble);
  FixedFactorDraws::Set set{.factor = at::empty({draws}, at::kLong),
                            .rows = at::empty({draws, images}, at::kLong),
                            .first = at::empty({draws, images}, at::kLong),
                            .second = at::empty({draws, images}, at::kLong)};
  const auto u = random.accessor<double, 2>();
  auto factor = set.factor.accessor<int64_t, 1>();
  auto rows = set.rows.accessor<int64_t, 2>();
  auto first = set.first.accessor<int64_t, 2>(), second = set.second.accessor<int64_t, 2>();
  for (int64_t v = 0; v < draws; ++v) {
    const auto which = static_cast<size_t>(u[v][0] * static_cast<double>(shelves.size()));
    Shelf& shelf = shelves[std::min(which, shelves.size() - 1)];
    factor[v] = shelf.factor;
    std::vector<int64_t>& shared = shelf.value_at(u[v][1]);
    for (int64_t j = 0; j < images; ++j)
      rows[v][j] = next_row(shared, static_cast<size_t>(j), u[v][2 + j]);
    for (int64_t j = 0; j < images; ++j) {
      const int64_t at = 2 + images + 3 * j;
      std::vector<int64_t>& pair = shelf.value_at(u[v][at]);
      first[v][j] = next_row(pair, 0, u[v][at + 1]);
      second[v][j] = next_row(pair, 1, u[v][at + 2]);
    }
  }
  return set;
}

}  // namespace

FactorGroups group_by_value(const Tensor& factors) {
  expect_shape(factors, {-1, -1}, "factors");
  FactorGroups groups(static_cast<size_t>(factors.size(1)));
  for (int64_t k = 0; k < factors.size(1); ++k) {
    const Tensor values = factors.select(1, k);
    const Tensor order = values.argsort(/*stable=*/true, /*dim=*/0, /*descending=*/false);
    const Tensor counts = values.bincount();
    int64_t begin = 0;
    for (int64_t value = 0; value < counts.numel(); ++value) {
      const auto count = counts[value].item<int64_t>();
      if (count >= 2) groups[static_cast<size_t>(k)].push_back(order.narrow(0, begin, count));
      begin += count;
    }
  }
  return groups;
}

FixedFactorDraws draw_fixed_factors(const FactorGroups& groups, at::Generator noise,
                                    const DrawOptions& options) {
  std::vector<Shelf> shelves = shelves_of(groups);
  FixedFactorDraws draws;
  draws.learned = draw_set(shelves, noise, options.learned, options.images);
  draws.tested = draw_set(shelves, noise, options.tested, options.images);
  return draws;
}

}  // namespace latent::space
