// The names that a run knows, in a small file for the completion of shells.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "run/run_directory.h"

namespace latent {

/// Writes RUN/cache/names.txt: a line "attribute NAME" for each attribute of the examples and
/// "sampler NAME" for each sampler. Names with line breaks or other control characters are left
/// out. A file that cannot be written is only missing.
void write_run_names(const RunDirectory& run, const std::vector<Attribute>& attributes,
                     const std::vector<std::string>& samplers);

}  // namespace latent
