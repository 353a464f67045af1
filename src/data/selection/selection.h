// Rules that pick examples by what is known about them: "label=7", "!Smiling", "scale=0.5..0.8".
// `data.keep`, `--normal` and `--attribute` are all read here.
#pragma once

#include <string>

#include "data/dataset.h"

namespace latent {

/// What a rule says about each example of a split.
struct Matches {
  Tensor holds;  // [N] bool
  Tensor known;  // [N] bool: false where the attribute has no value
  Tensor group;  // [N] int64: the class of each example; 0 without classes or without a value
};

/// What the name of a number alone ("scale") means.
enum class BareNumber { kNeedsRange, kAboveMedian };

/// Applies a rule:
///   "label=Sneaker,Sandal"  a class, or a group of classes; if they are numbers also "label=0..4"
///   "Smiling"               yes, where the values are 0 and 1; the larger of two other values
///   "Smiling=no"            yes or no, where the values are 0 and 1; also true or false
///   "scale"                 a number above the median of the known values, or an Error: see `bare`
///   "scale=0.5..0.8"        a number in a range, both ends included; also one number, "scale=0.5",
///                           or several of both, "hours=0..10,20"
/// A "!" before it means all others; examples without a value match neither.
///
/// Throws Error if the set knows nothing about its examples, if there is no such attribute or class
/// (naming those there are), and for a number that needs a range (with an example of one).
Matches match(const Examples& examples, const std::string& rule, BareNumber bare);

/// Applies a rule in which a number needs a range. where: the key or flag that holds the rule; the
/// Error's message begins with it.
Matches match(const Examples& examples, const std::string& rule, const std::string& where);

}  // namespace latent
