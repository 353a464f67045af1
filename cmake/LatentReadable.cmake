# Run at installation: says so if LibTorch, whose place the installed program knows, lies where only
# its owner may enter. Other users could then not run the program.
#
# latent_torch_lib: the folder of its libraries.
set(place ${latent_torch_lib})
set(closed "")
while(NOT place STREQUAL "/" AND NOT place STREQUAL "")
  execute_process(COMMAND stat -c %A ${place} OUTPUT_VARIABLE mode ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(mode MATCHES "^d........[-T]")
    set(closed ${place})
  endif()
  get_filename_component(place ${place} DIRECTORY)
endwhile()
if(closed)
  message(STATUS "Only the owner of ${closed} can run what was installed, because LibTorch lies there. For other users: "
    "LATENT_CACHE=/opt/latent scripts/setup.sh, then configure, build and install again")
endif()
