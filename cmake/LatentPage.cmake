# The page of `latent explore`: its files become texts in a generated source whenever one changes.

set(LATENT_PAGE_SOURCE ${PROJECT_BINARY_DIR}/generated/explore_page.cpp)
set(page_folder ${PROJECT_SOURCE_DIR}/src/explore/page)
set(page_scripts api colours pictures map background nearest gestures legend decode attributes morph select upload zip main)
list(TRANSFORM page_scripts PREPEND ${page_folder}/)
list(TRANSFORM page_scripts APPEND .js)
add_custom_command(OUTPUT ${LATENT_PAGE_SOURCE}
  COMMAND ${CMAKE_COMMAND} -DOUTPUT=${LATENT_PAGE_SOURCE} -DFOLDER=${page_folder} "-DSCRIPTS=${page_scripts}"
    -P ${PROJECT_SOURCE_DIR}/cmake/write_page.cmake
  DEPENDS ${page_folder}/page.html ${page_folder}/page.css ${page_scripts}
    ${PROJECT_SOURCE_DIR}/cmake/write_page.cmake
  VERBATIM)
set_source_files_properties(${LATENT_PAGE_SOURCE} PROPERTIES GENERATED ON SKIP_PRECOMPILE_HEADERS ON)
