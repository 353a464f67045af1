// The flag --attribute of the commands that use one attribute of the examples.
#pragma once

#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "data/dataset.h"

namespace latent {

/// Declares --attribute, and --label as another name of it. what: what the attribute is for.
void declare_attribute(cxxopts::Options& options, const std::string& what);

/// Returns the attribute that --attribute names, or else the first one; nullptr if the examples
/// have none. Throws Error naming the flag and the known attributes.
const Attribute* choose_attribute(const Arguments& arguments, const Examples& examples);

/// Returns the attribute that colours points: the one that --attribute names, nothing for "none" or
/// examples without attributes, else the one that says most about where the points lie, which it
/// logs. points: [N, D] of the examples.  Throws Error as choose_attribute does.
const Attribute* choose_colour(const Arguments& arguments, const Examples& examples,
                               const Tensor& points);

/// Returns those of `rows` ([K] indices of examples) whose value of `attribute` is known, and logs
/// how many are left out. If none is known, returns all and sets `attribute` to nullptr, with a
/// warning.
Tensor rows_with_values(const Attribute*& attribute, const Tensor& rows);

}  // namespace latent
