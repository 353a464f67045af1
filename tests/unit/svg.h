// What the tests of charts look for in an SVG file that gnuplot drew.
#pragma once

#include <string>

namespace latent {

/// Returns how often `part` occurs in `text`.
inline int count_of(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

/// Returns the number of filled round marks, those of the legend included.
inline int count_marks(const std::string& svg) { return count_of(svg, "#gpPt6' transform"); }

}  // namespace latent
