// The attribute that a command's flag names.
#pragma once

#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "data/dataset.h"

namespace latent {

/// The attribute that --<flag> names, else the first one; nullptr if nothing is known about the
/// examples. Throws Error naming the flag and the attributes there are.
const Attribute* choose_attribute(const Arguments& arguments, const std::string& flag,
                                  const Examples& examples);

}  // namespace latent
