# LibTorch as one target, latent_torch, and its place, LATENT_TORCH_ROOT (holds include/ and lib/).
#
# Not find_package(Torch): of a CUDA build it stops where there is no nvcc, and with CUDA 13 it asks
# for a library that no longer exists. We have no .cu files, so headers and libraries are all that
# is needed.
#
# The user's LibTorch wins: LATENT_TORCH_DIR or Torch_DIR (variable or environment), then
# CMAKE_PREFIX_PATH; last the one that scripts/setup.sh put into its cache.

set(LATENT_TORCH_VERSION 2.11.0)

function(latent_torch_root result)
  set(${result} "" PARENT_SCOPE)
  foreach(path IN LISTS ARGN)
    # A LibTorch folder itself, a prefix or site-packages above it, or share/cmake and
    # share/cmake/Torch below it.
    foreach(place . torch libtorch ../.. ../../..)
      cmake_path(ABSOLUTE_PATH path BASE_DIRECTORY ${PROJECT_SOURCE_DIR} NORMALIZE OUTPUT_VARIABLE root)
      cmake_path(APPEND root ${place})
      cmake_path(NORMAL_PATH root)
      if(EXISTS ${root}/lib/libtorch.so AND EXISTS ${root}/include/torch/csrc/api/include/torch/types.h)
        string(REGEX REPLACE "/$" "" root ${root})
        set(${result} ${root} PARENT_SCOPE)
        return()
      endif()
    endforeach()
  endforeach()
endfunction()

set(LATENT_TORCH_ROOT "")
foreach(name LATENT_TORCH_DIR Torch_DIR)
  foreach(named "${${name}}" "$ENV{${name}}")
    if(named AND NOT LATENT_TORCH_ROOT)
      latent_torch_root(LATENT_TORCH_ROOT "${named}")
      if(NOT LATENT_TORCH_ROOT)
        message(FATAL_ERROR "${name}=${named}: no LibTorch there; expected a folder that holds lib/libtorch.so and include/torch")
      endif()
    endif()
  endforeach()
endforeach()
if(NOT LATENT_TORCH_ROOT)
  string(REPLACE ":" ";" prefixes "$ENV{CMAKE_PREFIX_PATH}")
  latent_torch_root(LATENT_TORCH_ROOT ${CMAKE_PREFIX_PATH} ${prefixes})
endif()
if(NOT LATENT_TORCH_ROOT)
  set(cache "$ENV{LATENT_CACHE}")
  if(NOT cache)
    set(cache "$ENV{HOME}/.cache/latent")
  endif()
  file(GLOB sites LIST_DIRECTORIES true ${cache}/torch-${LATENT_TORCH_VERSION}/lib/python3*/site-packages)
  latent_torch_root(LATENT_TORCH_ROOT ${sites})
endif()
if(NOT LATENT_TORCH_ROOT)
  message(FATAL_ERROR "no LibTorch: run scripts/setup.sh, or give yours with -DCMAKE_PREFIX_PATH=/path/to/libtorch")
endif()

# The distribution's libraries use the new ABI of std::string; LibTorch before 2.7 also came with
# the old one.
set(torch_config ${LATENT_TORCH_ROOT}/share/cmake/Torch/TorchConfig.cmake)
if(EXISTS ${torch_config})
  file(STRINGS ${torch_config} old_abi REGEX "_GLIBCXX_USE_CXX11_ABI=0")
  if(old_abi)
    message(FATAL_ERROR "${LATENT_TORCH_ROOT}: built for the old C++ ABI; take the cxx11-abi build of LibTorch")
  endif()
endif()

set(torch_lib ${LATENT_TORCH_ROOT}/lib)
set(LATENT_TORCH_RPATH ${torch_lib})

foreach(name torch_cpu c10)
  add_library(latent_torch_${name} SHARED IMPORTED GLOBAL)
  set_target_properties(latent_torch_${name} PROPERTIES IMPORTED_LOCATION ${torch_lib}/lib${name}.so)
endforeach()

add_library(latent_torch INTERFACE)
# Not libtorch.so, an empty shell that draws in the CUDA half: the program loads that where there is a
# driver (core/device/device.cpp).
target_link_libraries(latent_torch INTERFACE latent_torch_torch_cpu latent_torch_c10)

# For latent_cuda.so alone, which is loaded after LibTorch's CUDA half.
if(EXISTS ${torch_lib}/libtorch_cuda.so)
  add_library(latent_torch_cuda INTERFACE)
  target_link_libraries(latent_torch_cuda INTERFACE ${torch_lib}/libtorch_cuda.so ${torch_lib}/libc10_cuda.so)
endif()

# libtorch.so of the wheels exports parts of a libstdc++ of its own, among them a
# std::filesystem::remove_all that crashes. The first library in the list of needed ones wins, so
# the real libstdc++ goes before it.
target_link_options(latent_torch INTERFACE
  -Wl,--push-state,--no-as-needed -lstdc++ -Wl,--pop-state)

set(LATENT_TORCH_CUDA OFF)
set(cuda_include "")
set(LATENT_CUDA_HOME "")
if(EXISTS ${torch_lib}/libtorch_cuda.so)
  # The wheels' headers first: they are of the CUDA version that torch was built with.
  cmake_path(GET LATENT_TORCH_ROOT PARENT_PATH site)
  file(GLOB wheels ${site}/nvidia/cu*/include)
  foreach(folder ${wheels} "$ENV{CUDA_HOME}/include" "$ENV{CUDA_PATH}/include" "${CUDAToolkit_ROOT}/include"
          /usr/local/cuda/include)
    # crt and nv are packages of their own among the wheels; the latter moved in CUDA 13.
    find_path(nv_include nv/target PATHS ${folder}/cccl ${folder} NO_DEFAULT_PATH NO_CACHE)
    if(EXISTS ${folder}/cuda_runtime_api.h AND EXISTS ${folder}/cusparse.h
       AND EXISTS ${folder}/crt/host_config.h AND nv_include)
      set(LATENT_CUDA_HOME ${folder}/..)
      set(cuda_include ${folder} ${nv_include})
      set(LATENT_TORCH_CUDA ON)
      break()
    endif()
    unset(nv_include)
  endforeach()
  if(NOT LATENT_TORCH_CUDA)
    message(WARNING "LibTorch is a CUDA build but no CUDA headers were found (set CUDA_HOME): no CUDA graphs in this build")
  endif()

  # What LibTorch's libraries need they find by their own rpath at run time, which linkers follow
  # badly.
  target_link_options(latent_torch INTERFACE -Wl,--allow-shlib-undefined)
endif()
list(APPEND CMAKE_BUILD_RPATH ${LATENT_TORCH_RPATH})

# torch/include has a newer fmt than the one the system's spdlog was built with. A folder that holds
# nothing but a link to the system's fmt goes before it.
find_package(fmt REQUIRED)
get_target_property(fmt_include fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
list(GET fmt_include 0 fmt_include)
set(fmt_shadow ${PROJECT_BINARY_DIR}/fmt-before-torch)
file(MAKE_DIRECTORY ${fmt_shadow})
file(CREATE_LINK ${fmt_include}/fmt ${fmt_shadow}/fmt SYMBOLIC)

target_include_directories(latent_torch SYSTEM INTERFACE
  ${fmt_shadow}
  ${LATENT_TORCH_ROOT}/include
  ${LATENT_TORCH_ROOT}/include/torch/csrc/api/include
  ${cuda_include})
# 1 where <ATen/cuda/CUDAGraph.h> can be included.
target_compile_definitions(latent_torch INTERFACE LATENT_CUDA=$<BOOL:${LATENT_TORCH_CUDA}>)

file(READ ${LATENT_TORCH_ROOT}/include/torch/headeronly/version.h version_header LIMIT 4096)
set(torch_version "")
foreach(part MAJOR MINOR PATCH)
  if(version_header MATCHES "#define TORCH_VERSION_${part} ([0-9]+)")
    list(APPEND torch_version ${CMAKE_MATCH_1})
  endif()
endforeach()
list(JOIN torch_version "." torch_version)
message(STATUS "LibTorch ${torch_version} (CUDA: ${LATENT_TORCH_CUDA}) in ${LATENT_TORCH_ROOT}")
