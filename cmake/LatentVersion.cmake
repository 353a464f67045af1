# version.cpp is written by a target that runs on every build and touches the file only when the
# revision has changed, so a commit costs one small compilation and a link.

set(LATENT_VERSION_SOURCE ${PROJECT_BINARY_DIR}/generated/version.cpp)
set(write_version ${CMAKE_COMMAND}
  -DSOURCE=${PROJECT_SOURCE_DIR} -DVERSION=${PROJECT_VERSION} -DOUTPUT=${LATENT_VERSION_SOURCE}
  -P ${PROJECT_SOURCE_DIR}/cmake/write_version.cmake)
add_custom_target(latent_version COMMAND ${write_version} BYPRODUCTS ${LATENT_VERSION_SOURCE} VERBATIM)
set_source_files_properties(${LATENT_VERSION_SOURCE} PROPERTIES GENERATED ON SKIP_PRECOMPILE_HEADERS ON)
