#include "measure/choice.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "config/config.h"
#include "core/text/split.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

// The names of a list; throws UsageError for one that is neither a measure's nor "all".
std::vector<std::string> measure_names(const std::string& text) {
  const std::vector<std::string> names = split_at_commas(text);
  const bool all = std::find(names.begin(), names.end(), "all") != names.end();
  if (all && names.size() > 1)
    throw UsageError("--measure " + text + ": expected names of measures, or all alone");
  for (const auto& name : names) {
    if (!all) measures().find<UsageError>(name, "--measure");
  }
  return names;
}

std::vector<std::string> available_names(const MeasureContext& context) {
  std::vector<std::string> names;
  for (const auto& row : measures().rows()) {
    if (row.unavailable(context).empty()) names.push_back(row.name);
  }
  return names;
}

// Names the flag that an option came from: "--nll-samples: got 0" for "--set nll_samples: got 0".
std::string as_flag(std::string message) {
  const std::string setting = "--set ";
  if (!message.starts_with(setting)) return message;
  message.replace(0, setting.size(), "--");
  std::replace(message.begin(), message.begin() + static_cast<int64_t>(message.find(':')), '_',
               '-');
  return message;
}

}  // namespace

MeasureChoice choose_measures(const std::string& names) {
  MeasureChoice choice;
  const std::vector<std::string> given =
      names.empty() ? std::vector<std::string>() : measure_names(names);
  choice.all = names == "all";
  choice.named = !given.empty() && !choice.all;
  for (const auto& row : measures().rows()) {
    const bool chosen = choice.named
                            ? std::find(given.begin(), given.end(), row.name) != given.end()
                            : choice.all || row.by_default;
    if (chosen) choice.rows.push_back(&row);
  }
  return choice;
}

void read_options(MeasureChoice& choice, const std::vector<std::string>& options) {
  choice.makers.clear();
  try {
    Config config = Config::parse("{}", "latent evaluate", options);
    Section section = config.root();
    for (const auto* row : choice.rows)
      choice.makers.push_back(row->configure(section));
  } catch (const Error& wrong) {
    throw UsageError(as_flag(wrong.what()));
  }
}

MadeMeasures::MadeMeasures(MeasureChoice choice, const MeasureContext& context) {
  if (choice.makers.empty()) read_options(choice, {});
  for (size_t i = 0; i < choice.rows.size(); ++i) {
    const MeasureRow* row = choice.rows[i];
    const std::string why_not = row->unavailable(context);
    if (why_not.empty()) {
      make(choice, i, context);
    } else if (choice.named) {
      throw Error("--measure " + row->name + ": " + why_not + "; expected " +
                  join(available_names(context)));
    } else if (choice.all) {
      left_out_.emplace_back(row->name, why_not);
    }
  }
}

void MadeMeasures::make(const MeasureChoice& choice, size_t index, const MeasureContext& context) {
  const MeasureRow* row = choice.rows[index];
  try {
    made_.push_back({row, choice.makers[index](context)});
  } catch (const Error& problem) {
    // Whoever asks for all of them gets the others.
    if (!choice.all) throw;
    left_out_.emplace_back(row->name, problem.what());
  }
}

std::vector<Measure*> MadeMeasures::each() const {
  std::vector<Measure*> all;
  for (const auto& made : made_)
    all.push_back(made.measure.get());
  return all;
}

std::vector<MeasuredFigures> MadeMeasures::figures() const {
  const at::NoGradGuard no_grad;
  std::vector<MeasuredFigures> all;
  for (const auto& made : made_)
    all.push_back({made.row, made.measure->figures()});
  return all;
}

std::vector<RankedImages> MadeMeasures::ranked() const {
  std::vector<RankedImages> all;
  for (const auto& made : made_) {
    for (auto& images : made.measure->ranked())
      all.push_back(std::move(images));
  }
  return all;
}

}  // namespace latent
