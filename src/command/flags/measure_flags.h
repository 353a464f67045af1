// The flags that choose measures, --measure and one for each of their options.
#pragma once

#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "measure/choice.h"

namespace latent {

/// Declares --measure and the flags of the measures' options.
void declare_measures(cxxopts::Options& options);

/// Returns the measures of --measure with their options. Asks only for the flags of their own
/// options, so that others are reported as unused. Throws UsageError for unknown names and wrong
/// options.
MeasureChoice chosen_measures(const Arguments& arguments);

/// Returns the flags that were given as words of a command line: "--measure", "psnr".
std::vector<std::string> measure_words(const Arguments& arguments);

}  // namespace latent
