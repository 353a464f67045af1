// `latent data check`: a report on a data set before training on it.
#pragma once

#include "command/flags/arguments.h"

namespace latent {

/// Inspects every image of a config's data set, of a folder, or of a file, and writes a contact
/// sheet; for a folder or a file also a config to train on it.
void check_data(const Arguments& arguments);

}  // namespace latent
