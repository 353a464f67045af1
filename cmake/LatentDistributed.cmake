# LibTorch's engine for several processes, c10d: LATENT_GLOO and LATENT_NCCL say whether the headers that
# its own include are there; latent_gloo and latent_nccl_headers name them.
#
# libtorch_cpu.so contains Gloo, but the wheels have none of its headers. Those of the distribution
# (Debian's libgloo-dev) do: only names that LibTorch's headers declare further are needed, by pointers.

set(LATENT_GLOO OFF)
find_path(LATENT_GLOO_INCLUDE gloo/rendezvous/store.h HINTS ${LATENT_TORCH_ROOT}/include)
mark_as_advanced(LATENT_GLOO_INCLUDE)
if(LATENT_GLOO_INCLUDE AND EXISTS ${LATENT_TORCH_ROOT}/include/torch/csrc/distributed/c10d/ProcessGroupGloo.hpp)
  set(LATENT_GLOO ON)
  add_library(latent_gloo INTERFACE)
  target_include_directories(latent_gloo SYSTEM INTERFACE ${LATENT_GLOO_INCLUDE})
else()
  message(WARNING "no headers of Gloo (Debian's libgloo-dev): this build trains in one process only")
endif()

set(LATENT_NCCL OFF)
cmake_path(GET LATENT_TORCH_ROOT PARENT_PATH site)
find_path(LATENT_NCCL_INCLUDE nccl.h HINTS ${site}/nvidia/nccl/include "$ENV{NCCL_HOME}/include")
mark_as_advanced(LATENT_NCCL_INCLUDE)
if(LATENT_GLOO AND LATENT_TORCH_CUDA AND LATENT_NCCL_INCLUDE)
  set(LATENT_NCCL ON)
  add_library(latent_nccl_headers INTERFACE)
  target_include_directories(latent_nccl_headers SYSTEM INTERFACE ${LATENT_NCCL_INCLUDE})
endif()
message(STATUS "several processes: Gloo ${LATENT_GLOO}, NCCL ${LATENT_NCCL}")
