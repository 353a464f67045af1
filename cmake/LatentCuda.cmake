# Compiles our CUDA kernels if there is nvcc, without CMake's CUDA language, which wants a whole toolkit
# where the wheels' headers and compiler are enough. Without nvcc GPUs run LibTorch's operations only.

if(LATENT_TORCH_CUDA)
  find_program(LATENT_NVCC nvcc HINTS ${LATENT_CUDA_HOME}/bin ENV CUDA_HOME ENV CUDA_PATH
               PATHS /usr/local/cuda/bin PATH_SUFFIXES bin)
  mark_as_advanced(LATENT_NVCC)
  set(nvcc_release "none")
  if(LATENT_NVCC)
    execute_process(COMMAND ${LATENT_NVCC} --version OUTPUT_VARIABLE nvcc_version ERROR_QUIET)
    string(REGEX MATCH "release ([0-9]+)" nvcc_release "${nvcc_version}")
    set(nvcc_release "${CMAKE_MATCH_1}")
  endif()
  # As CUDART_VERSION: 13000 for 13.0.
  file(STRINGS ${LATENT_CUDA_HOME}/include/cuda_runtime_api.h runtime_version REGEX "#define CUDART_VERSION")
  string(REGEX MATCH "([0-9]+)[0-9][0-9][0-9]$" runtime_version "${runtime_version}")
  if(NOT nvcc_release STREQUAL CMAKE_MATCH_1)
    message(WARNING "nvcc of CUDA ${CMAKE_MATCH_1}: found ${nvcc_release} (set CUDA_HOME); this build has no CUDA kernels of its own")
    set(LATENT_NVCC "")
  endif()
endif()
if(NOT LATENT_NVCC)
  set(LATENT_NVCC "")
endif()

# One binary for each generation, which all its GPUs run (7.5 Turing, 8.x Ampere and Ada, 9.0 Hopper,
# 10.x and 12.x Blackwell), and the intermediate code for later ones.
set(latent_cuda_generations 75 80 90 100 120)

# Sets `objects` to the object files of the .cu files that follow.
function(latent_compile_cuda objects)
  set(flags -std=c++20 -O3 -Xcompiler -fPIC -I${PROJECT_SOURCE_DIR}/src)
  if(LATENT_CUDA_HOME)
    list(APPEND flags -isystem ${LATENT_CUDA_HOME}/include)
  endif()
  foreach(generation ${latent_cuda_generations})
    list(APPEND flags -gencode=arch=compute_${generation},code=sm_${generation})
  endforeach()
  list(GET latent_cuda_generations -1 last)
  list(APPEND flags -gencode=arch=compute_${last},code=compute_${last})
  if(LATENT_WERROR)
    list(APPEND flags -Werror all-warnings)
  endif()
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/kernel/cuda/*.cuh)
  list(APPEND headers ${PROJECT_SOURCE_DIR}/src/kernel/cuda/launch.h)
  set(compiled "")
  foreach(source ${ARGN})
    cmake_path(GET source STEM name)
    set(object ${PROJECT_BINARY_DIR}/cuda/${name}.o)
    add_custom_command(OUTPUT ${object}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/cuda
      COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${LATENT_NVCC} ${flags} -c ${source} -o ${object}
      DEPENDS ${source} ${headers}
      COMMENT "Building CUDA object ${name}.o"
      VERBATIM)
    list(APPEND compiled ${object})
  endforeach()
  set(${objects} ${compiled} PARENT_SCOPE)
endfunction()
