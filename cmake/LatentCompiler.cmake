# Compiler cache, linker and flags of our own targets: latent_flags.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(LATENT_CCACHE ccache)
mark_as_advanced(LATENT_CCACHE)
if(LATENT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without the sloppiness ccache refuses files that use a precompiled header. Paths relative to the
  # checkout let another clone, and another preset, hit the same entries.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${LATENT_CCACHE})
endif()

# A compiler with the precompiled header takes 1.5 GB: fewer at once where memory is short.
cmake_host_system_information(RESULT memory QUERY TOTAL_PHYSICAL_MEMORY)
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
math(EXPR compilers "${memory} / 1500")
if(compilers LESS cores AND NOT CMAKE_JOB_POOLS)
  if(compilers LESS 1)
    set(compilers 1)
  endif()
  set_property(GLOBAL PROPERTY JOB_POOLS compile=${compilers})
  set(CMAKE_JOB_POOL_COMPILE compile)
endif()

add_library(latent_flags INTERFACE)
# -fPIC for all of it, not PIE here and PIC there: the precompiled header is shared with
# latent_codecs.so.
target_compile_options(latent_flags INTERFACE -fPIC -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(LATENT_WERROR)
  # But for GCC's guess about std::optional of LibTorch's pointers, wrong once all is inlined.
  target_compile_options(latent_flags INTERFACE -Werror
    $<$<CXX_COMPILER_ID:GNU>:-Wno-error=maybe-uninitialized>)
endif()
if(LATENT_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ccache needs it to see through the precompiled header.
  target_compile_options(latent_flags INTERFACE -fpch-preprocess)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # No garbage collection below 2 GB, which the compiler rarely reaches: it would walk LibTorch's
  # headers several times a file, a tenth of the time of a build.
  target_compile_options(latent_flags INTERFACE --param=ggc-min-heapsize=2000000)
endif()
if(LATENT_SANITIZE)
  # No vptr check: it wants the typeinfo of LibTorch's hidden classes.
  set(sanitize -fsanitize=address,undefined -fno-sanitize=vptr -fno-omit-frame-pointer)
  target_compile_options(latent_flags INTERFACE ${sanitize})
  target_link_options(latent_flags INTERFACE ${sanitize})
endif()
if(LATENT_CLANG_TIDY)
  find_program(LATENT_CLANG_TIDY_PROGRAM NAMES clang-tidy)
  if(NOT LATENT_CLANG_TIDY_PROGRAM)
    message(FATAL_ERROR "LATENT_CLANG_TIDY: no clang-tidy on the PATH; install clang-tidy")
  endif()
  set(CMAKE_CXX_CLANG_TIDY ${LATENT_CLANG_TIDY_PROGRAM} --quiet --extra-arg=-Wno-unknown-warning-option)
endif()

include(CheckLinkerFlag)
foreach(linker mold lld)
  check_linker_flag(CXX -fuse-ld=${linker} LATENT_LINKS_WITH_${linker})
  if(LATENT_LINKS_WITH_${linker})
    # Each segment from a page of its own: with thread-local variables at a page's end, mold before 2.4
    # makes about one program in 250 that the loader refuses (github.com/rui314/mold/issues/1151).
    target_link_options(latent_flags INTERFACE -fuse-ld=${linker} LINKER:-z,separate-loadable-segments)
    break()
  endif()
endforeach()
