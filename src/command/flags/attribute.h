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

}  // namespace latent
