#include "explore/direction_finder.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>

#include "core/error.h"
#include "core/log.h"
#include "explore/run_explorer.h"
#include "space/contrast.h"
#include "statistics/ranking.h"

namespace latent::explore {
namespace {

constexpr int64_t kFoundOn = 20'000, kMeasuredOn = 10'000;
constexpr size_t kMostClasses = 40;

Tensor evenly(int64_t first, int64_t count, int64_t step, int64_t most) {
  const Tensor rows = at::arange(first, count, step, at::kLong);
  if (rows.numel() <= most) return rows;
  return rows.index_select(0,
                           at::linspace(0, static_cast<double>(rows.numel() - 1), most, at::kDouble)
                               .round()
                               .to(at::kLong));
}

// The attributes of some examples; the pixels stay behind.
Examples attributes_of(const Examples& examples, const Tensor& rows) {
  Examples some{
      .pixels = at::empty({rows.numel(), 1, 1, 0}, at::kByte), .attributes = {}, .names = {}};
  for (const Attribute& each : examples.attributes)
    some.attributes.push_back({each.name, each.values.index_select(0, rows), each.classes});
  return some;
}

std::vector<std::string> rules_of(const std::vector<Attribute>& attributes) {
  std::vector<std::string> rules;
  for (const Attribute& each : attributes) {
    if (each.classes.empty()) {
      rules.push_back(each.name);
    } else if (each.classes.size() <= kMostClasses) {
      for (const auto& word : each.classes)
        rules.push_back(fmt::format("{}={}", each.name, word));
    }
  }
  return rules;
}

Json step_json(const Tensor& step) { return rows_json(step.unsqueeze(0))[0]; }

}  // namespace

DirectionFinder::DirectionFinder(const OpenedRun& run, Split split, const Examples& examples,
                                 const Tensor& codes) {
  const std::string noun = run.experiment.data.example_noun() + "s";
  const auto stored = split == Split::kTrain ? std::nullopt : cached_codes(run, Split::kTrain);
  std::string why_not;
  const auto training = stored ? run.load_if_there(Split::kTrain, why_not) : std::nullopt;
  const auto part = [](const Examples& all, const Tensor& z, const Tensor& rows, std::string name) {
    return Part{attributes_of(all, rows), z.index_select(0, rows), std::move(name)};
  };
  if (training && training->count() == stored->code.size(0)) {
    found_ = part(*training, stored->code, evenly(0, training->count(), 1, kFoundOn),
                  "training " + noun);
    measured_ = part(examples, codes, evenly(0, examples.count(), 1, kMeasuredOn),
                     to_string(split) + " " + noun);
  } else {
    found_ = part(examples, codes, evenly(0, examples.count(), 2, kFoundOn),
                  "half of the " + to_string(split) + " " + noun);
    measured_ =
        part(examples, codes, evenly(1, examples.count(), 2, kMeasuredOn), "the other half");
  }
  Json each = Json::array();
  for (const auto& rule : rules_of(found_.examples.attributes)) {
    try {
      each.push_back(find({.attribute = rule, .orthogonal_to = {}}));
    } catch (const Error&) {
      // All of the images have it, or none: no slider.
    }
  }
  all_ = {{"found_on", found_.name}, {"measured_on", measured_.name}, {"directions", each}};
}

Json DirectionFinder::find(const DirectionRequest& request) const {
  const auto contrast = [&](const std::string& rule) {
    return space::contrast_by(found_.examples, rule, found_.name);
  };
  std::vector<space::BinaryContrast> others;
  for (const auto& rule : request.orthogonal_to)
    others.push_back(contrast(rule));
  const space::Direction direction = space::find_direction(
      found_.codes, contrast(request.attribute), space::Method::kMean, others);
  Json json{
      {"attribute", request.attribute}, {"auroc", nullptr}, {"step", step_json(direction.step())}};
  try {
    const auto sides = space::contrast_by(measured_.examples, request.attribute, measured_.name);
    const Tensor counted = sides.weight.gt(0);
    const double auroc = statistics::auroc(direction.scores(measured_.codes).index({counted}),
                                           sides.positive.index({counted}));
    if (std::isfinite(auroc)) json["auroc"] = std::round(auroc * 1000) / 1000;
  } catch (const Error&) {
    // One side is empty there: the figure is unknown.
  }
  return json;
}

}  // namespace latent::explore
