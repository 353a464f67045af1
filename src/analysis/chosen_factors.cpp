#include "analysis/chosen_factors.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "core/text/suggest.h"
#include "statistics/mutual_information.h"

namespace latent {
namespace {

constexpr int64_t kMostLevels = 64;  // of a number that is not sorted into bins
constexpr int64_t kFactorBins = 20;

std::vector<const Attribute*> named_attributes(const Examples& examples,
                                               const FactorOptions& options) {
  if (examples.attributes.empty())
    throw Error("the data set has no labels and no attributes; expected one that has");
  std::vector<std::string> known;
  for (const auto& attribute : examples.attributes)
    known.push_back(attribute.name);
  std::vector<const Attribute*> found;
  for (const auto& name : options.names.empty() ? known : options.names) {
    const Attribute* attribute = examples.find(name);
    if (attribute == nullptr) {
      throw Error(
          fmt::format("attribute {}: not in the data set; {}", name, did_you_mean(name, known)));
    }
    if (std::find(found.begin(), found.end(), attribute) == found.end()) found.push_back(attribute);
  }
  return found;
}

// Returns the images whose values are all known. `attributes` loses those without a known value.
Tensor known_rows(std::vector<const Attribute*>& attributes, const Examples& examples) {
  std::erase_if(attributes, [&](const Attribute* attribute) {
    const bool useless = attribute->unknown() == examples.count();
    if (useless) log::warn("attribute {}: unknown for all images, left out", attribute->name);
    return useless;
  });
  Tensor known = at::ones({examples.count()}, at::kBool);
  for (const Attribute* attribute : attributes)
    known = known.logical_and(attribute->known());
  return known.nonzero().flatten();
}

std::string most_unknown(const std::vector<const Attribute*>& attributes) {
  const auto most =
      std::max_element(attributes.begin(), attributes.end(),
                       [](const auto* a, const auto* b) { return a->unknown() < b->unknown(); });
  if (most == attributes.end() || (*most)->unknown() == 0) return "";
  return fmt::format(" ({} is unknown for {}; choose other attributes)", (*most)->name,
                     (*most)->unknown());
}

// Appends a factor's levels to `columns` and returns it.
ChosenFactor level_factor(const Attribute& attribute, const Tensor& values,
                          std::vector<Tensor>& columns) {
  Tensor ranks = statistics::value_ranks(values.unsqueeze(1));
  const bool binned =
      attribute.kind() == AttributeKind::kNumber && ranks.max().item<int64_t>() + 1 > kMostLevels;
  if (binned) {
    ranks = statistics::value_ranks(statistics::equal_width_bins(values.unsqueeze(1), kFactorBins));
  }
  columns.push_back(ranks.select(1, 0));
  return {.name = attribute.name, .levels = ranks.max().item<int64_t>() + 1, .binned = binned};
}

}  // namespace

ChosenFactors choose_factors(const Examples& examples, const FactorOptions& options) {
  auto attributes = named_attributes(examples, options);
  const Tensor known = known_rows(attributes, examples);
  if (attributes.empty() || known.numel() < kFewestFactorImages) {
    throw Error(fmt::format("the {} split has {} with known values of {}{}; expected at least {}",
                            options.split,
                            counted(attributes.empty() ? 0 : known.numel(), options.noun),
                            options.names.empty() ? "every attribute" : join(options.names),
                            most_unknown(attributes), kFewestFactorImages));
  }
  ChosenFactors chosen;
  chosen.unknown = examples.count() - known.numel();
  auto noise = generator(options.seed, Stream::kSplit);
  const int64_t count = std::min(options.most, known.numel());
  const Tensor drawn = at::randperm(known.numel(), noise, at::kLong).narrow(0, 0, count);
  chosen.rows = known.index_select(0, drawn);
  std::vector<Tensor> values, levels;
  for (const Attribute* attribute : attributes) {
    const Tensor column = attribute->values.index_select(0, chosen.rows).to(at::kDouble);
    // Half of them, because some scores are learned from a part of the images.
    const Tensor part = column.narrow(0, 0, (count + 1) / 2);
    if (!(part.max() > part.min()).item<bool>()) {
      log::warn("attribute {}: the same for all {} {}s, left out", attribute->name, count,
                options.noun);
      chosen.constant.push_back(attribute->name);
      continue;
    }
    chosen.factors.push_back(level_factor(*attribute, column, levels));
    values.push_back(column);
  }
  if (chosen.factors.empty()) {
    throw Error(fmt::format("{}: the same for all {}s; expected an attribute that differs",
                            join(chosen.constant), options.noun));
  }
  chosen.values = at::stack(values, 1);
  chosen.levels = at::stack(levels, 1);
  return chosen;
}

}  // namespace latent
