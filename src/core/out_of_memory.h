// Telling that memory ran out from other failures.
#pragma once

#include <exception>
#include <string>

namespace latent {

/// "out of memory: 12.3 GiB more did not fit on the CPU" if that is what `failure` says, of the
/// host or of a device; else "".
std::string out_of_memory(const std::exception& failure);

}  // namespace latent
