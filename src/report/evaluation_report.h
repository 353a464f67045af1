// Figures as text and as JSON, whatever measures they come from.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "measure/choice.h"

namespace latent {

/// Returns one line: name, value, the interval if it has one, unit and meaning. The number of
/// examples is said if it is not `examples`.
std::string figure_line(const Figure& figure, int64_t examples);

/// Returns the lines of all figures, those of a measure with several under its name.
std::string measures_text(const std::vector<MeasuredFigures>& measured, int64_t examples);
/// Returns a line for each measure that is left out, with the reason.
std::string left_out_text(const std::vector<std::pair<std::string, std::string>>& left_out);

/// Adds measures.NAME.{value, low, high, count, unit}, of a measure with several figures
/// measures.NAME.FIGURE.{...}; low and high are null without an interval; the
/// details stand beside them. The values of the
/// measures by default also become NAME, or NAME.FIGURE.
void add_measures(nlohmann::ordered_json& json, const std::vector<MeasuredFigures>& measured);

}  // namespace latent
