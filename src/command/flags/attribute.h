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

}  // namespace latent
