// The terminal that a text is written to.
#pragma once

#include <cstddef>

namespace latent {

/// Returns the columns of the terminal behind a file descriptor; if it is none, or says nothing,
/// the number in the environment's COLUMNS; else 0. At least 20.
size_t terminal_columns(int descriptor);

/// Returns true if a line on the terminal behind the descriptor can be written over: it is a
/// terminal, and TERM is not "dumb".
bool can_overwrite_lines(int descriptor);

}  // namespace latent
