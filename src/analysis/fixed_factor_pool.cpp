#include "analysis/fixed_factor_pool.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/random.h"
#include "session/for_each_batch.h"

namespace latent {
namespace {

constexpr int64_t kImagesOfFactor = 16'384;  // of all values of a factor
constexpr int64_t kFewestOfValue = 256;      // so that draws of 64 differ
constexpr uint64_t kPoolStream = 10;         // an index of Stream::kSample

Tensor random_levels(const FactorGrid& grid, int64_t count, const at::Generator& noise) {
  std::vector<Tensor> columns;
  for (const auto& factor : grid.factors)
    columns.push_back(at::randint(factor.levels, {count}, noise, at::kLong));
  return at::stack(columns, 1);
}

int64_t place_of(const FactorGrid& grid, const std::string& name) {
  const auto found = std::find_if(grid.factors.begin(), grid.factors.end(),
                                  [&](const auto& factor) { return factor.name == name; });
  return found == grid.factors.end() ? -1 : found - grid.factors.begin();
}

/// The combinations to draw, and which of them share a value.
struct PoolPlan {
  Tensor numbers;  // [M] int64, of the grid
  space::FactorGroups groups;
};

PoolPlan plan_pool(const FactorGrid& grid, const ChosenFactors& factors, uint64_t seed) {
  const auto noise = generator(seed, Stream::kSample, kPoolStream);
  PoolPlan plan;
  std::vector<Tensor> levels;
  int64_t next = 0;
  for (const auto& factor : factors.factors) {
    const int64_t place = place_of(grid, factor.name);
    const int64_t values = grid.factors[static_cast<size_t>(place)].levels;
    const int64_t each = std::max(kFewestOfValue, kImagesOfFactor / values);
    auto& groups = plan.groups.emplace_back();
    for (int64_t value = 0; value < values; ++value) {
      levels.push_back(random_levels(grid, each, noise));
      levels.back().select(1, place).fill_(value);
      groups.push_back(at::arange(next, next + each, at::kLong));
      next += each;
    }
  }
  plan.numbers = grid.numbers(at::cat(levels));
  return plan;
}

}  // namespace

Tensor codes_of_rows(const OpenedRun& run, const Examples& examples, const Tensor& rows,
                     bool quiet) {
  std::vector<Tensor> codes;
  for_each_batch(rows.numel(), "encoding", quiet, [&](int64_t first, int64_t count) {
    codes.push_back(run.encode(batch_of(examples, rows.narrow(0, first, count))).code);
  });
  return at::cat(codes).to(at::kDouble);
}

bool can_render(const OpenedRun& run, const ChosenFactors& factors) {
  const auto& grid = run.experiment.data.grid;
  return grid != nullptr &&
         std::all_of(factors.factors.begin(), factors.factors.end(),
                     [&](const auto& factor) { return place_of(*grid, factor.name) >= 0; });
}

FixedFactorPool rendered_pool(const OpenedRun& run, const ChosenFactors& factors, uint64_t seed,
                              bool quiet) {
  const FactorGrid& grid = *run.experiment.data.grid;
  PoolPlan plan = plan_pool(grid, factors, seed);
  std::vector<Tensor> codes, values;
  for_each_batch(plan.numbers.numel(), "images with a factor fixed", quiet,
                 [&](int64_t first, int64_t count) {
                   const Examples drawn = grid.render(plan.numbers.narrow(0, first, count));
                   codes.push_back(run.encode(batch_of(drawn, 0, count)).code);
                   std::vector<Tensor> columns;
                   for (const auto& factor : factors.factors)
                     columns.push_back(drawn.find(factor.name)->values);
                   values.push_back(at::stack(columns, 1));
                 });
  return {.codes = at::cat(codes).to(at::kDouble),
          .values = at::cat(values).to(at::kDouble),
          .groups = std::move(plan.groups)};
}

FixedFactorPool pool_of_examples(const ChosenFactors& factors, const Tensor& codes) {
  return {
      .codes = codes, .values = factors.values, .groups = space::group_by_value(factors.levels)};
}

}  // namespace latent
