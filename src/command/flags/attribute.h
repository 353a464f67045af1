// Reads the attribute that a flag names.
#pragma once

#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "data/dataset.h"

namespace latent {

/// Returns the attribute that --<flag> names, or else the first one; nullptr if the examples have
/// none. Throws Error naming the flag and the known attributes.
const Attribute* choose_attribute(const Arguments& arguments, const std::string& flag,
                                  const Examples& examples);

/// Returns those of `rows` ([K] indices of examples) whose value of `attribute` is known, and logs
/// how many are left out. If none is known, returns all and sets `attribute` to nullptr, with a
/// warning.
Tensor rows_with_values(const Attribute*& attribute, const Tensor& rows);

}  // namespace latent
