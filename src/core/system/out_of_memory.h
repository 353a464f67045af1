// The messages of LibTorch's failures.
#pragma once

#include <exception>
#include <string>

namespace latent {

/// Returns what() without the stack trace that LibTorch's errors add to it.
std::string message_of(const std::exception& failure);

/// Returns "out of memory: 12.3 GiB more did not fit on the CPU" (or "on the GPU") if that is the
/// reason of `failure`, else "".
std::string out_of_memory(const std::exception& failure);

/// Returns out_of_memory(failure) if it is not empty, else message_of(failure).
std::string reason_of(const std::exception& failure);

}  // namespace latent
