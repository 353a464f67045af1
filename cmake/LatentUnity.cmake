# Neighbours of one folder compiled together: latent_unity(TARGET).
#
# Each file that sees LibTorch first pays about 4 s for templates that the precompiled header left
# pending (GCC cannot instantiate them in the header). A few files that pay together build in half the
# time, and one changed file still costs seconds. Names in the unnamed namespaces of a folder must
# therefore differ; -DLATENT_UNITY=OFF compiles each file by itself.

option(LATENT_UNITY "compile a few neighbouring files together: half the time of a full build" ON)

set(LATENT_UNITY_FILES 4)

function(latent_unity target)
  if(NOT LATENT_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(SORT sources)
  set(previous "")
  foreach(source IN LISTS sources)
    # CMake leaves those out that differ in their flags; they must not count.
    get_source_file_property(plain ${source} SKIP_PRECOMPILE_HEADERS)
    if(plain)
      continue()
    endif()
    cmake_path(GET source PARENT_PATH folder)
    if(NOT folder STREQUAL previous)
      set(previous ${folder})
      set(count 0)
    endif()
    cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE name)
    string(MAKE_C_IDENTIFIER ${name} name)
    math(EXPR batch "${count} / ${LATENT_UNITY_FILES}")
    math(EXPR count "${count} + 1")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${name}_${batch})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
