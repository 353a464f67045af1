// What failures of LibTorch say.
#pragma once

#include <exception>
#include <string>

namespace latent {

/// what() without the stack trace that LibTorch's errors add to it.
std::string message_of(const std::exception& failure);

/// "out of memory: 12.3 GiB more did not fit on the CPU" if that is what `failure` says, of the
/// host or of a device; else "".
std::string out_of_memory(const std::exception& failure);

/// What out_of_memory says, else what message_of does.
std::string reason_of(const std::exception& failure);

}  // namespace latent
