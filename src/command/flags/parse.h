// Reads the command line of a subcommand, and says in one line what is wrong with it.
#pragma once

#include "command/flags/arguments.h"

namespace latent {

/// Parses the words after `latent`, of which argv[0] is the command. A word that names a run, or
/// the file of a checkpoint in one, counts as the value of --run if the command has that flag and
/// it is not given. Throws UsageError for an unknown flag, for a flag without its value, for a
/// value that is no number, for a flag that is given twice although it has one value, and for a
/// surplus word.
Arguments parse_command_line(cxxopts::Options& options, int argc, const char* const* argv);

}  // namespace latent
