// Opens the run that the command line names.
#pragma once

#include "command/flags/arguments.h"
#include "session/opened_run.h"

namespace latent {

/// Opens the run of --run at --checkpoint on --device, and logs what its model is conditioned on.
/// Throws UsageError for a checkpoint that is not there, Error as OpenedRun::open does.
OpenedRun open_run(const Arguments& arguments);

}  // namespace latent
