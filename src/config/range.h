// The numbers that a key of a config accepts.
#pragma once

#include <limits>
#include <string>

namespace latent {

/// The numbers a key accepts; for a list, each of its elements.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_excluded = false;
  bool high_excluded = false;
  bool ends_only = false;  // only low and high themselves

  bool contains(double value) const;
  /// Returns ">= 0", "> 0 and <= 1", "1 or 3", or "" if every number is accepted.
  std::string text() const;
};

inline Range any_number() { return {}; }
inline Range at_least(double low) { return {.low = low}; }
inline Range more_than(double low) { return {.low = low, .low_excluded = true}; }
inline Range between(double low, double high) { return {.low = low, .high = high}; }
/// Accepts these two numbers only.
inline Range either(double one, double other) {
  return {.low = one, .high = other, .ends_only = true};
}
/// Accepts low <= value < high.
inline Range from_below(double low, double high) {
  return {.low = low, .high = high, .high_excluded = true};
}

}  // namespace latent
