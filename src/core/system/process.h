// Facts about this process.
#pragma once

#include <cstdint>
#include <string>

namespace latent {

/// Returns the seconds since the program was started, to 10 ms; includes the loading of libraries.
double seconds_since_launch();

/// Opens /dev/null instead of standard streams that the caller has closed. Otherwise the next file
/// would get their number, and messages would be written into it. Call first in main.
void fill_standard_streams();

/// Returns the name of this machine, or `unknown` if the system does not say it.
std::string host_name(const std::string& unknown);

/// Returns the most memory that the process has held at once, in bytes; includes mapped files.
int64_t peak_resident_bytes();

}  // namespace latent
