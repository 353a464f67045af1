#include "analysis/attribute_direction.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cctype>
#include <limits>
#include <optional>

#include "analysis/pixel_readers.h"
#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "format/safetensors.h"
#include "session/codes.h"
#include "session/run_cache.h"
#include "statistics/ranking.h"

namespace latent {
namespace {

constexpr size_t kLongestName = 80;

std::string key_of(const AttributeQuery& query) {
  return query.attribute + " by " + space::to_string(query.method) + " without " +
         join(query.orthogonal_to, ";");
}

TensorFile to_tensors(const AttributeDirection& found) {
  const auto& direction = found.direction;
  TensorFile file;
  file.tensors["rows"] = at::stack({direction.center, direction.scale, direction.unit});
  file.tensors["numbers"] = at::tensor(
      {direction.spread, found.auroc, found.distance, static_cast<double>(found.positives),
       static_cast<double>(found.negatives), static_cast<double>(found.unknown)},
      at::kDouble);
  return file;
}

std::optional<AttributeDirection> from_tensors(TensorFile& file, int64_t latents) {
  const Tensor rows = file.tensors["rows"], numbers = file.tensors["numbers"];
  const bool fits = rows.defined() && rows.sizes() == c10::IntArrayRef{3, latents} &&
                    numbers.defined() && numbers.sizes() == c10::IntArrayRef{6};
  if (!fits) return std::nullopt;
  const auto number = [&](int64_t i) { return numbers[i].item<double>(); };
  return AttributeDirection{
      .direction = {rows[0].clone(), rows[1].clone(), rows[2].clone(), number(0)},
      .auroc = number(1),
      .distance = number(2),
      .positives = static_cast<int64_t>(number(3)),
      .negatives = static_cast<int64_t>(number(4)),
      .unknown = static_cast<int64_t>(number(5))};
}

// from: the key or flag that names the attribute, with which an Error's message begins.
space::BinaryContrast named_contrast(const Examples& examples, const std::string& attribute,
                                     const std::string& from) {
  try {
    return space::contrast_by(examples, attribute, "train split");
  } catch (const Error& problem) {
    throw Error(from + ": " + problem.what());
  }
}

// Returns the AUROC on images that the direction was not found on.
double separability(const OpenedRun& run, const AttributeQuery& query,
                    const space::Direction& direction, bool quiet) {
  const Examples examples = run.load(Split::kValidation);
  const Tensor means = split_codes(run, Split::kValidation, examples, quiet).code;
  space::BinaryContrast sides;
  try {
    sides = space::contrast_by(examples, query.attribute, "validation split");
  } catch (const Error& empty_side) {
    log::warn("{}: its AUROC is unknown", empty_side.what());
    return std::numeric_limits<double>::quiet_NaN();
  }
  const Tensor counted = sides.weight.gt(0);
  return statistics::auroc(direction.scores(means).index({counted}),
                           sides.positive.index({counted}));
}

// The other attributes as signs, [N, K]; undefined if there are none.
Tensor covariates_of(const Examples& examples, const std::string& rule) {
  const std::string named = rule.substr(rule.starts_with("!") ? 1 : 0);
  std::vector<Tensor> columns;
  for (const auto& other : read_targets(examples, named.substr(0, named.find('='))))
    columns.push_back(other.signs.to(at::kDouble));
  return columns.empty() ? Tensor() : at::stack(columns, 1);
}

AttributeDirection compute_direction(const OpenedRun& run, const AttributeQuery& query,
                                     const Examples& examples, bool quiet) {
  const space::BinaryContrast sides =
      named_contrast(examples, query.attribute, query.attribute_from);
  std::vector<space::BinaryContrast> others;
  for (const auto& other : query.orthogonal_to)
    others.push_back(named_contrast(examples, other, query.orthogonal_from));

  const Tensor means = split_codes(run, Split::kTrain, examples, quiet).code;
  AttributeDirection found;
  try {
    const Tensor covariates = query.method == space::Method::kRegression
                                  ? covariates_of(examples, query.attribute)
                                  : Tensor();
    found.direction = space::find_direction(means, sides, query.method, others, covariates);
  } catch (const Error& problem) {
    throw Error(query.attribute_from + " " + query.attribute + ": " + problem.what());
  }
  found.positives = sides.positives();
  found.negatives = sides.negatives();
  found.unknown = examples.count() - found.positives - found.negatives;
  const Tensor sign = at::where(sides.positive, 1.0, -1.0).to(at::kDouble);
  found.distance = (sign * sides.weight).dot(found.direction.scores(means)).item<double>();
  found.auroc = separability(run, query, found.direction, quiet);
  return found;
}

}  // namespace

// Attributes' names may contain any character, and two of them may become the same file name: the
// query stored in the file identifies the direction.
CacheKey direction_cache_key(const OpenedRun& run, const AttributeQuery& query) {
  std::string name = key_of(query).substr(0, kLongestName);
  for (char& letter : name) {
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '-';
  }
  return {.file = "direction-" + name + "-" + run.checkpoint + ".safetensors",
          .query = key_of(query)};
}

AttributeDirection attribute_direction(const OpenedRun& run, const AttributeQuery& query,
                                       bool quiet) {
  const CacheEntry<AttributeDirection> entry{
      .key = direction_cache_key(run, query),
      .what = "direction",
      .store = to_tensors,
      .restore = [&](TensorFile& file) { return from_tensors(file, run.model->latent_dim()); }};
  return cached_or_computed(run, Split::kTrain, entry, [&](const Examples& examples) {
    return compute_direction(run, query, examples, quiet);
  });
}

}  // namespace latent
