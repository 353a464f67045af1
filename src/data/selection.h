// Rules that pick examples by what is known about them: "label=7", "Smiling", "scale=0.5..0.8".
#pragma once

#include <string>

#include "data/dataset.h"

namespace latent {

/// What a rule says about each example of a split.
struct Matches {
  Tensor holds;  // [N] bool
  Tensor known;  // [N] bool: false where the attribute has no value
};

/// Applies a rule:
///   "label=Sneaker,Sandal"  a class, or a group of classes; of numbers also "label=0..4"
///   "Smiling"               an attribute that is 0 or 1 for every image
///   "scale=0.5..0.8"        a number, both ends included; or one number, "scale=0.5"; or several
///   of
///                           both, "hours=0..10,20"
/// A "!" before it means all others; examples without a value are in neither.
///
/// where: the key or flag that holds the rule, for messages.  Throws Error if the set knows nothing
/// about its examples, and if there is no such attribute or class (naming those there are).
Matches match(const Examples& examples, const std::string& rule, const std::string& where);

/// Examples of the classes in a comma-separated list: [N] bool. Throws Error for an unknown one,
/// and for an empty list.
Tensor in_classes(const Examples& examples, const Attribute& attribute, const std::string& list);

/// Throws Error unless something is known about the examples.
void expect_attributes(const Examples& examples, const std::string& wanted);

/// Throws Error for an attribute or a class that is not there: with those there are, and the
/// nearest.
[[noreturn]] void fail_unknown_attribute(const Examples& examples, const std::string& wanted);

}  // namespace latent
