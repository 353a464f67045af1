#include "analysis/direction_effect.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "analysis/pixel_readers.h"
#include "session/codes.h"
#include "session/run_cache.h"
#include "statistics/ranking.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kEdited = 512;  // pictures of the validation split
constexpr size_t kKeptOthers = 10;
constexpr int kScalings = 3;

/// What effects are measured with, the same for all methods.
struct Measuring {
  std::vector<ReadTarget> targets;  // the attribute first
  std::unique_ptr<PixelReaders> readers;
  Latent codes;               // of the edited pictures
  Tensor pictures;            // of them, unedited
  Tensor before;              // their readings, [M, K]
  Tensor deviation;           // of the readings of real images, [K]
  std::vector<double> trust;  // 2 AUROC - 1 of each reading of real images
};

// "label=Coat,Shirt" and "!Smiling" are about the attributes label and Smiling.
std::string attribute_of(const std::string& rule) {
  const std::string named = rule.substr(rule.starts_with("!") ? 1 : 0);
  return named.substr(0, named.find('='));
}

double trust_of(const Tensor& readings, const Tensor& signs) {
  const Tensor known = signs.ne(0);
  const Tensor positive = signs.index({known}).gt(0);
  if (!positive.any().item<bool>() || positive.all().item<bool>()) return 0;
  const double area = statistics::auroc(readings.index({known}), positive);
  return std::max(0.0, 2 * area - 1);
}

Measuring prepare(const OpenedRun& run, const AttributeQuery& query, const Examples& train,
                  bool quiet) {
  Measuring with;
  const auto sides = space::contrast_by(train, query.attribute, "train split");
  with.targets = {{query.attribute,
                   at::where(sides.positive, 1.0F, -1.0F).mul(sides.weight.gt(0).to(at::kFloat))}};
  const std::string own = attribute_of(query.attribute);
  for (auto& other : read_targets(train, own))
    with.targets.push_back(std::move(other));
  with.readers = std::make_unique<PixelReaders>(train, with.targets, 0);

  const Examples validation = run.load(Split::kValidation);
  const int64_t count = std::min(kEdited, validation.count());
  const Latent all = split_codes(run, Split::kValidation, validation, quiet);
  const ExampleBatch real = batch_of(validation, 0, count);
  with.codes = select(all, at::arange(count, at::kLong));
  with.codes.condition = run.condition.rows(real.attributes, count);
  with.pictures = run.pictures(with.codes.code, with.codes.condition);
  with.before = with.readers->read(with.pictures);
  const Tensor seen = with.readers->read(real.images);
  with.deviation = seen.std(0, /*unbiased=*/false).clamp_min(1e-6);
  const auto others = read_targets(validation, own);
  with.trust.assign(with.targets.size(), 0.0);
  for (size_t i = 1; i < with.targets.size(); ++i) {
    for (const auto& other : others) {
      if (other.name == with.targets[i].name)
        with.trust[i] =
            trust_of(seen.select(1, static_cast<int64_t>(i)), other.signs.narrow(0, 0, count));
    }
  }
  return with;
}

Tensor edited(const OpenedRun& run, const Measuring& with, const space::Direction& direction,
              double deviations) {
  return run.pictures(with.codes.code + deviations * direction.step(), with.codes.condition);
}

double change_of(const Tensor& pictures, const Tensor& before) {
  return (pictures - before).to(at::kDouble).square().mean().sqrt().item<double>();
}

DirectionEffect measured_effect(const OpenedRun& run, const Measuring& with,
                                const space::Direction& direction) {
  const auto move = [&](double deviations) { return edited(run, with, direction, deviations); };
  const DirectionEffect unit = visible_unit(move, with.pictures);
  EditReadings readings{.names = {},
                        .before = with.before,
                        .after = with.readers->read(move(kEffectStrength * unit.deviations)),
                        .deviation = with.deviation,
                        .trust = with.trust};
  for (const auto& target : with.targets)
    readings.names.push_back(target.name);
  DirectionEffect effect = effect_of_edit(readings);
  effect.deviations = unit.deviations;
  effect.change = unit.change;
  return effect;
}

TensorFile effect_tensors(const DirectionEffect& effect) {
  TensorFile file;
  std::vector<double> numbers{effect.deviations, effect.change, effect.shift, effect.risen,
                              effect.beside};
  Json names = Json::array();
  for (const auto& [name, shift] : effect.others) {
    names.push_back(name);
    numbers.push_back(shift);
  }
  file.tensors["numbers"] = at::tensor(numbers, at::kDouble);
  file.metadata["others"] = names.dump(-1, ' ', false, Json::error_handler_t::replace);
  return file;
}

std::optional<DirectionEffect> effect_from(TensorFile& file) {
  const Tensor numbers = file.tensors["numbers"];
  const Json names = Json::parse(file.metadata["others"], nullptr, /*allow_exceptions=*/false);
  const bool fits = numbers.defined() && numbers.dim() == 1 && names.is_array() &&
                    numbers.numel() == static_cast<int64_t>(5 + names.size());
  if (!fits) return std::nullopt;
  const auto number = [&](size_t i) { return numbers[static_cast<int64_t>(i)].item<double>(); };
  DirectionEffect effect{number(0), number(1), number(2), number(3), number(4), {}};
  for (size_t i = 0; i < names.size(); ++i) {
    if (!names[i].is_string()) return std::nullopt;
    effect.others.emplace_back(names[i].get<std::string>(), number(5 + i));
  }
  return effect;
}

}  // namespace

DirectionEffect effect_of_edit(const EditReadings& readings) {
  DirectionEffect effect;
  const Tensor moved = readings.after - readings.before;
  const Tensor shifts = (moved.mean(0) / readings.deviation).to(at::kDouble);
  effect.shift = shifts[0].item<double>();
  effect.risen = moved.select(1, 0).gt(0).to(at::kDouble).mean().item<double>();
  double trusted = 0;
  for (size_t i = 1; i < readings.names.size(); ++i) {
    const double shift = readings.trust[i] * shifts[static_cast<int64_t>(i)].item<double>();
    effect.others.emplace_back(readings.names[i], shift);
    effect.beside += std::abs(shift);
    trusted += readings.trust[i];
  }
  if (trusted > 0) effect.beside /= trusted;
  std::stable_sort(effect.others.begin(), effect.others.end(), [](const auto& a, const auto& b) {
    return std::abs(a.second) > std::abs(b.second);
  });
  if (effect.others.size() > kKeptOthers) effect.others.resize(kKeptOthers);
  return effect;
}

DirectionEffect visible_unit(const std::function<Tensor(double)>& edited, const Tensor& pictures) {
  DirectionEffect unit;
  for (int i = 0; i < kScalings; ++i) {
    unit.change = change_of(edited(unit.deviations), pictures);
    if (!(unit.change > 1e-6)) return unit;  // the pictures do not show the direction at all
    if (i + 1 < kScalings)
      unit.deviations = std::min(100.0, unit.deviations * kVisibleChange / unit.change);
  }
  return unit;
}

std::vector<ShownDirection> shown_directions(const OpenedRun& run, const AttributeQuery& query,
                                             const std::vector<space::Method>& methods,
                                             bool quiet) {
  std::vector<ShownDirection> all;
  std::optional<Measuring> with;  // prepared for the first effect that is not in the cache
  for (const space::Method method : methods) {
    AttributeQuery one = query;
    one.method = method;
    ShownDirection shown{
        .method = method, .found = attribute_direction(run, one, quiet), .effect = {}};
    CacheKey key = direction_cache_key(run, one);
    key.file = "effect-" + key.file;
    const CacheEntry<DirectionEffect> entry{
        .key = key, .what = "effect", .store = effect_tensors, .restore = effect_from};
    shown.effect = cached_or_computed(run, Split::kTrain, entry, [&](const Examples& train) {
      if (!with) with = prepare(run, query, train, quiet);
      return measured_effect(run, *with, shown.found.direction);
    });
    all.push_back(std::move(shown));
  }
  return all;
}

}  // namespace latent
