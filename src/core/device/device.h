// The device to compute on, the threads to use, and the allocator settings that training needs.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <string>

namespace latent {

/// "auto" (a GPU if there is one), "cpu", "cuda" or "cuda:1".
/// Throws Error if the name is unknown or the GPU is not there.
c10::Device parse_device(const std::string& name);

/// "cuda:0 (NVIDIA H200)" or "cpu (2 threads)".
std::string describe(const c10::Device& device);

/// Computes with `threads` threads; 0: OMP_NUM_THREADS if it is set, else the physical cores this
/// process may use, by affinity and container limits. Throws Error if the system does not start so
/// many. Call once, before the first tensor operation.
void use_threads(int64_t threads);

/// Makes malloc keep large blocks instead of returning them to the system at every step: page
/// faults cost a third of a training step otherwise. Call first in main.
void tune_malloc();

}  // namespace latent
