// Images that a command works on: from the run's data set, or files and folders of the user's.
#pragma once

#include <string>
#include <vector>

#include "command/arguments.h"
#include "command/opened_run.h"

namespace latent {

struct Inputs {
  Tensor images;                      // [N, C, H, W] float in [0, 1], as the model takes them
  std::vector<std::string> names;     // N
  std::vector<Attribute> attributes;  // each of N values; none of files
};

/// Declares FILES, --split, --indices and, unless the default is "", --count.
void declare_inputs(cxxopts::Options& options, const std::string& default_count);

/// Images of the user's: files, and every image below a folder, in the order of their names.
Inputs read_files(const std::vector<std::string>& names, const OpenedRun& run);

/// Images of a split by index. Throws Error for an index outside it.
Inputs read_split(Split split, const std::vector<int64_t>& indices, const OpenedRun& run);

/// A name for pictures of these inputs: "files", "test-3-17", "test-first-10", "test" for all.
std::string inputs_stem(const Arguments& arguments);

/// Reads what the command line names; files win over the data set. Files of another size are
/// resized, and that is said. Throws Error for an index outside the split, a file that is not an
/// image, a folder without images.
Inputs read_inputs(const Arguments& arguments, const OpenedRun& run);

}  // namespace latent
