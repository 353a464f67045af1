// `latent detect --each-class CONFIG.json`: a model for each class of a data set, and how well each
// tells its class from the others.
#pragma once

#include "command/flags/arguments.h"

namespace latent {

/// Declares --each-class, --attribute and --set.
void declare_each_class(cxxopts::Options& options);

/// Trains a run for each class in a folder of the folder --run, or continues where a call before
/// stopped; scores the whole split with each, and writes and prints the figures.
/// Throws UsageError for flags that do not go with it; Error if the config has data.keep, the set
/// has no classes, or the folder holds other files or the runs of another config.
void detect_each_class(const Arguments& arguments);

}  // namespace latent
