// Images that a command works on: from the run's data set, or files and folders of the user's.
#pragma once

#include <string>
#include <vector>

#include "command/arguments.h"
#include "command/opened_run.h"

namespace latent {

struct Inputs {
  Tensor images;                   // [N, C, H, W] float in [0, 1], as the model takes them
  std::vector<std::string> names;  // N
};

/// Declares FILES, --split, --count and --indices.
void declare_inputs(cxxopts::Options& options, const std::string& default_count);

/// Reads what the command line names; files win over the data set. Files of another size are
/// resized, and that is said. Throws Error for an index outside the split, a file that is not an
/// image, a folder without images.
Inputs read_inputs(const Arguments& arguments, const OpenedRun& run);

}  // namespace latent
