// The device to compute on, the threads to use, and the allocator settings that training needs.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <string>

namespace latent {

/// Returns the device called "auto" (a GPU if there is one), "cpu", "cuda" or "cuda:1".
/// where: what messages begin with, such as the flag. Throws UsageError if the name is unknown and
/// Error if there is no such GPU.
c10::Device parse_device(const std::string& name, const std::string& where = "device");

/// Returns "cuda:0 (NVIDIA H200)" or "cpu (2 threads)".
std::string describe(const c10::Device& device);

/// Sets the number of threads to compute with; 0: OMP_NUM_THREADS if it is set, else the number of
/// physical cores that this process may use by affinity and container limits. Call once, before the
/// first tensor operation.
/// where: what the message begins with. Throws Error if the system cannot start that many threads.
void use_threads(int64_t threads, const std::string& where = "threads");

/// Makes malloc keep large blocks instead of returning them to the system at every step: page
/// faults cost a third of a training step otherwise. Call first in main.
void tune_malloc();

}  // namespace latent
