#include "analysis/disentanglement.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "analysis/fixed_factor_pool.h"
#include "core/error.h"
#include "core/random.h"
#include "core/text/suggest.h"
#include "measure/latents.h"
#include "statistics/mutual_information.h"

namespace latent {
namespace {

constexpr double kDeadShare = 0.05;      // of the largest standard deviation
constexpr uint64_t kDrawStream = 11;     // indices of Stream::kSample
constexpr uint64_t kShuffleStream = 12;  // and 13

/// The codes that one column of the report is computed from, instead of the run's.
struct Variant {
  Tensor codes;  // [N, Z], of all chosen images
  Tensor pool;   // [M, Z], undefined if no score needs it
};

/// Which of the chosen images are scored, and which ones predictors see.
struct Parts {
  int64_t images;
  int64_t learned_first, learned, tested_first, tested;
};

// Predictors are tested on images beyond those that are scored, or else on a third of these.
Parts parts_of(int64_t chosen, int64_t count) {
  const int64_t images = std::min(chosen, count), others = chosen - images;
  if (others >= images / 4) return {images, 0, images, images, others};
  const int64_t tested = images / 3;
  return {images, 0, images - tested, images - tested, tested};
}

space::FactoredCodes codes_part(const Variant& variant, const ChosenFactors& factors, int64_t first,
                                int64_t count) {
  return {.codes = variant.codes.narrow(0, first, count),
          .factors = factors.levels.narrow(0, first, count),
          .values = factors.values.narrow(0, first, count)};
}

space::DisentanglementInput input_of(const Variant& variant, const ChosenFactors& factors,
                                     const Parts& parts, const space::FixedFactorDraws& draws) {
  return {.images = codes_part(variant, factors, 0, parts.images),
          .learned = codes_part(variant, factors, parts.learned_first, parts.learned),
          .tested = codes_part(variant, factors, parts.tested_first, parts.tested),
          .pool = variant.pool,
          .draws = draws};
}

Variant shuffled(const Variant& variant, uint64_t seed) {
  const auto mixed = [&](const Tensor& rows, uint64_t index) {
    if (!rows.defined()) return rows;
    auto noise = generator(seed, Stream::kSample, index);
    return rows.index_select(0, at::randperm(rows.size(0), noise, at::kLong));
  };
  return {mixed(variant.codes, kShuffleStream), mixed(variant.pool, kShuffleStream + 1)};
}

// The factors as codes, each with a standard deviation of 1, so that none counts for more.
Variant factors_as_codes(const ChosenFactors& factors, const Tensor& pool_values) {
  const Tensor scale = factors.values.std(0, /*unbiased=*/false);
  Variant variant{.codes = factors.values / scale, .pool = {}};
  if (pool_values.defined()) variant.pool = pool_values / scale;
  return variant;
}

Tensor latent_columns(const Tensor& codes, const std::vector<int64_t>& latents) {
  return codes.index_select(1, at::tensor(latents, at::kLong));
}

// Keeps the active latents and lists the others. Throws Error if there is none.
void prune(Variant& variant, bool has_posterior, const std::string& run, Disentanglement& found) {
  if (!variant.codes.isfinite().all().item<bool>())
    throw Error(run + ": its latents are not finite for every image; train it again");
  found.active = active_latents(variant.codes.narrow(0, 0, found.images), has_posterior);
  for (int64_t z = 0; z < variant.codes.size(1); ++z) {
    if (std::find(found.active.begin(), found.active.end(), z) == found.active.end())
      found.pruned.push_back(z);
  }
  if (found.active.empty()) {
    throw Error(fmt::format(
        "{}: none of its {} is active, so there is nothing to score; train it longer, or with a "
        "lower objective.kl.weight",
        run, counted(variant.codes.size(1), "latent")));
  }
  variant.codes = latent_columns(variant.codes, found.active);
  if (variant.pool.defined()) variant.pool = latent_columns(variant.pool, found.active);
}

/// The three columns of the report.
struct Anchored {
  space::DisentanglementInput value, floor, ceiling;
};

ScoredDisentanglement anchored_score(const space::DisentanglementScore& row,
                                     const Anchored& inputs) {
  ScoredDisentanglement scored{.score = &row, .figures = {}};
  const int64_t factors = inputs.value.images.factors.size(1);
  if (factors < row.least_factors) {
    scored.why_not =
        fmt::format("needs at least {}; there is 1", counted(row.least_factors, "factor"));
    return scored;
  }
  const auto value = row.compute(inputs.value), floor = row.compute(inputs.floor),
             ceiling = row.compute(inputs.ceiling);
  for (size_t i = 0; i < value.size(); ++i)
    scored.figures.push_back({value[i].name, value[i].value, floor[i].value, ceiling[i].value});
  return scored;
}

FixedFactorPool make_pool(const OpenedRun& run, const DisentanglementOptions& options,
                          const Tensor& codes, Disentanglement& found) {
  const bool needed = std::any_of(options.scores.begin(), options.scores.end(),
                                  [](const auto* row) { return row->fixes_factors; });
  if (!needed) return {};
  found.rendered = can_render(run, found.factors);
  return found.rendered ? rendered_pool(run, found.factors, options.seed, options.quiet)
                        : pool_of_examples(found.factors, codes);
}

}  // namespace

std::vector<int64_t> active_latents(const Tensor& codes, bool has_posterior) {
  const Tensor variance = codes.to(at::kDouble).var(0, /*unbiased=*/false);
  const double most = variance.max().item<double>();
  const double least =
      std::max(kDeadShare * kDeadShare * most, has_posterior ? kActiveVariance : 0);
  std::vector<int64_t> active;
  for (int64_t z = 0; z < variance.numel(); ++z) {
    if (variance[z].item<double>() > least) active.push_back(z);
  }
  return active;
}

Disentanglement score_disentanglement(const OpenedRun& run, const DisentanglementOptions& options) {
  const Examples examples = run.load(options.split);
  Disentanglement found;
  found.factors = choose_factors(examples, {.names = options.attributes,
                                            .most = options.count + options.count / 2,
                                            .seed = options.seed,
                                            .split = to_string(options.split),
                                            .noun = run.experiment.data.example_noun()});
  const Parts parts = parts_of(found.factors.rows.numel(), options.count);
  found.images = parts.images;
  found.learned = parts.learned;
  found.tested = parts.tested;
  Variant own{.codes = codes_of_rows(run, examples, found.factors.rows, options.quiet), .pool = {}};
  const FixedFactorPool pool = make_pool(run, options, own.codes, found);
  own.pool = pool.codes;
  prune(own, run.model->bottleneck().has_posterior(), run.directory.path().string(), found);
  space::FixedFactorDraws draws;
  if (!pool.groups.empty())
    draws = space::draw_fixed_factors(pool.groups,
                                      generator(options.seed, Stream::kSample, kDrawStream));
  const auto input = [&](const Variant& variant) {
    return input_of(variant, found.factors, parts, draws);
  };
  const Anchored inputs{.value = input(own),
                        .floor = input(shuffled(own, options.seed)),
                        .ceiling = input(factors_as_codes(found.factors, pool.values))};
  const auto& images = inputs.value.images;
  found.information = space::latent_factor_information(images.codes, images.factors) /
                      statistics::entropy(images.factors);
  for (const auto* row : options.scores)
    found.scores.push_back(anchored_score(*row, inputs));
  return found;
}

}  // namespace latent
