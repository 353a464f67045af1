// The help of the command line, laid out for the terminal.
#pragma once

#include <cstddef>
#include <string>

#include "shell/command_text.h"

namespace latent::shell {

/// Returns what `latent --help` prints. columns: of the terminal; 0: unknown.
std::string overview(size_t columns);

/// Returns what `latent COMMAND --help` prints: usage, example, and the flags in groups.
std::string help_of(const CommandText& command, size_t columns);

/// The codes with which the program ends, for the help and the manual.
constexpr const char* kExitCodes =
    "0 done; 1 error; 2 wrong command line; 3 something was flagged (latent detect "
    "--fail-on-anomaly); 128 + N stopped by signal N";

}  // namespace latent::shell
