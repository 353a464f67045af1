// Parses sums of letters, such as "A - B + C".
#pragma once

#include <string>
#include <vector>

namespace latent::space {

/// One term of a sum.
struct Term {
  double factor = 1;  // its sign included
  std::string name;   // a letter
  std::string text;   // as written, sign included: "- 2*B"
};

/// Reads "A - B + C", "2*A + 0.5 B", "-A + B": letters with optional factors, joined by + and -.
/// Throws Error with the position, counted from 1, of anything else.
std::vector<Term> parse_expression(const std::string& text);

}  // namespace latent::space
