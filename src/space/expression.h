// Sums of named things, such as "A - B + C".
#pragma once

#include <string>
#include <vector>

namespace latent::space {

/// One thing of a sum.
struct Term {
  double factor = 1;  // its sign included
  std::string name;   // a letter
  std::string text;   // as written, sign included: "- 2*B"
};

/// Reads "A - B + C", "2*A + 0.5 B", "-A + B": letters, each with a factor or not, joined by + and
/// -.  Throws Error with the place, counted from 1, where something else stands.
std::vector<Term> parse_expression(const std::string& text);

}  // namespace latent::space
