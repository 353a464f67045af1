#include "config/range.h"

#include <spdlog/fmt/fmt.h>

#include <cmath>

namespace latent {

bool Range::contains(double value) const {
  if (std::isnan(value)) return false;
  if (ends_only) return value == low || value == high;
  return (low_excluded ? value > low : value >= low) &&
         (high_excluded ? value < high : value <= high);
}

std::string Range::text() const {
  if (ends_only) return fmt::format("{} or {}", low, high);
  std::string text;
  if (std::isfinite(low)) text = fmt::format("{} {}", low_excluded ? ">" : ">=", low);
  if (std::isfinite(high)) {
    text += fmt::format("{}{} {}", text.empty() ? "" : " and ", high_excluded ? "<" : "<=", high);
  }
  return text;
}

}  // namespace latent
