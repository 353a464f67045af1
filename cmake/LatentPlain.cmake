# Files that see nothing of LibTorch compile faster without its precompiled header:
# latent_plain_sources(BASE FILE...) marks them so. BASE is the folder that quoted includes name.
#
# A file sees LibTorch if it, or a header of ours that it includes, includes <torch/...>, <ATen/...>
# or <c10/...>.

function(latent_sees_torch path base result)
  get_property(known GLOBAL PROPERTY latent_sees_torch_${path} SET)
  if(NOT known)
    set_property(GLOBAL PROPERTY latent_sees_torch_${path} FALSE)
    file(STRINGS ${path} includes REGEX "^[ \t]*#[ \t]*include")
    set(sees FALSE)
    foreach(line IN LISTS includes)
      if(line MATCHES "<(torch|ATen|c10)/")
        set(sees TRUE)
      elseif(line MATCHES "\"([^\"]+)\"" AND EXISTS ${base}/${CMAKE_MATCH_1})
        latent_sees_torch(${base}/${CMAKE_MATCH_1} ${base} sees)
      endif()
      if(sees)
        break()
      endif()
    endforeach()
    set_property(GLOBAL PROPERTY latent_sees_torch_${path} ${sees})
  endif()
  get_property(sees GLOBAL PROPERTY latent_sees_torch_${path})
  set(${result} ${sees} PARENT_SCOPE)
endfunction()

function(latent_plain_sources base)
  foreach(source IN LISTS ARGN)
    latent_sees_torch(${source} ${base} sees)
    if(NOT sees)
      set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
    endif()
  endforeach()
endfunction()
