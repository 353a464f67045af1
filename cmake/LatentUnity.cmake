# Neighbours of one folder compiled together: latent_unity(LIST BASE) replaces the files that see LibTorch
# by files that include a few of them each, named relative to BASE, a folder of the include path.
#
# Each such file first pays about 4 s for templates that the precompiled header left pending (GCC
# cannot instantiate them in the header). A few that pay together build in half the time, and one
# changed file still costs seconds. Names in the unnamed namespaces of a folder must therefore differ;
# -DLATENT_UNITY=OFF compiles each file by itself.
#
# CMake's own UNITY_BUILD names the files by their full paths, with which another clone misses the
# compiler cache.

option(LATENT_UNITY "compile a few neighbouring files together: half the time of a full build" ON)

set(LATENT_UNITY_FILES 4)

function(latent_unity list base)
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
    cmake_path(GET name PARENT_PATH folder)
    string(MAKE_C_IDENTIFIER ${folder} folder)
    if(NOT DEFINED count_${folder})
      set(count_${folder} 0)
    endif()
    math(EXPR batch "${count_${folder}} / ${LATENT_UNITY_FILES}")
    math(EXPR count_${folder} "${count_${folder}} + 1")
    set(unit ${folder}_${batch})
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
