# Neighbours of one room (a folder of BASE with its sub-folders) compiled together:
# latent_unity(LIST BASE COUNT) replaces the files that see LibTorch by files that include up to COUNT
# of them each, named relative to BASE, a folder of the include path.
#
# Each such file first pays about 4 s for templates that the precompiled header left pending (GCC
# cannot instantiate them in the header). A few that pay together build in half the time, and one
# changed file still costs seconds. Names in the unnamed namespaces of a room must therefore differ;
# -DLATENT_UNITY=OFF compiles each file by itself.
#
# CMake's own UNITY_BUILD names the files by their full paths, with which another clone misses the
# compiler cache.

option(LATENT_UNITY "compile a few neighbouring files together: half the time of a full build" ON)

function(latent_unity list base files)
  if(NOT LATENT_UNITY)
    return()
  endif()
  set(result "")
  set(units "")
  set(sources ${${list}})
  list(SORT sources)
  foreach(source IN LISTS sources)
    get_source_file_property(plain ${source} SKIP_PRECOMPILE_HEADERS)
    get_source_file_property(definitions ${source} COMPILE_DEFINITIONS)
    if(plain OR definitions)
      list(APPEND result ${source})
      continue()
    endif()
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${base} OUTPUT_VARIABLE name)
    string(REGEX REPLACE "/.*" "" room ${name})
    if(NOT DEFINED count_${room})
      set(count_${room} 0)
    endif()
    math(EXPR batch "${count_${room}} / ${files}")
    math(EXPR count_${room} "${count_${room}} + 1")
    set(unit ${room}_${batch})
    list(APPEND units ${unit})
    string(APPEND content_${unit} "#include \"${name}\"\n")
  endforeach()
  list(REMOVE_DUPLICATES units)
  foreach(unit IN LISTS units)
    set(file ${CMAKE_CURRENT_BINARY_DIR}/unity/${unit}.cpp)
    file(CONFIGURE OUTPUT ${file} CONTENT "${content_${unit}}" @ONLY)
    list(APPEND result ${file})
  endforeach()
  set(${list} ${result} PARENT_SCOPE)
endfunction()
