// What the system knows about this process.
#pragma once

#include <cstdint>

namespace latent {

/// Seconds since the program was started, loading its libraries included; to 10 ms.
double seconds_since_launch();

/// Opens /dev/null in the place of standard streams that the caller has closed: a file of ours
/// would take their numbers and be written to by whoever means the terminal. Call first in main.
void fill_standard_streams();

/// The most memory the process has held at once, in bytes, mapped files included.
int64_t peak_resident_bytes();

}  // namespace latent
