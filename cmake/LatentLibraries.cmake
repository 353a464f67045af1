# The distribution's libraries: latent_libraries for everything, latent_opencv for the codecs alone,
# latent_httplib for the server of `latent explore` alone.

find_package(Threads REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json 3.10 REQUIRED)
find_package(cxxopts REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(GIF REQUIRED)
find_package(Freetype REQUIRED)
# By hand: Debian's libzip-config.cmake asks for the command-line tools of another package.
find_path(LIBZIP_INCLUDE zip.h)
find_library(LIBZIP zip)
if(NOT LIBZIP_INCLUDE OR NOT LIBZIP)
  message(FATAL_ERROR "no libzip: run scripts/setup.sh")
endif()

add_library(latent_libraries INTERFACE)
target_link_libraries(latent_libraries INTERFACE
  spdlog::spdlog nlohmann_json::nlohmann_json cxxopts::cxxopts ZLIB::ZLIB ${LIBZIP} PNG::PNG GIF::GIF
  Freetype::Freetype Threads::Threads ${CMAKE_DL_LIBS})
target_include_directories(latent_libraries SYSTEM INTERFACE ${LIBZIP_INCLUDE})
# Debian's package says nothing of system headers, and cxxopts is not clean under -Wconversion.
foreach(target cxxopts::cxxopts spdlog::spdlog)
  get_target_property(folders ${target} INTERFACE_INCLUDE_DIRECTORIES)
  if(folders)
    target_include_directories(latent_libraries SYSTEM INTERFACE ${folders})
  endif()
endforeach()

if(LATENT_IMAGE_CODECS)
  # By hand: the distribution's OpenCVConfig.cmake comes only with libopencv-dev, which drags in all
  # of OpenCV.
  find_path(OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4)
  add_library(latent_opencv INTERFACE)
  foreach(part core imgproc imgcodecs)
    find_library(OPENCV_${part} opencv_${part})
    if(NOT OPENCV_INCLUDE OR NOT OPENCV_${part})
      message(FATAL_ERROR "no OpenCV (${part}): run scripts/setup.sh, or build without it: -DLATENT_IMAGE_CODECS=OFF")
    endif()
    target_link_libraries(latent_opencv INTERFACE ${OPENCV_${part}})
  endforeach()
  target_include_directories(latent_opencv SYSTEM INTERFACE ${OPENCV_INCLUDE})
endif()

# By hand: Debian's package has no CMake files. Its library was built with these macros, and types differ without them.
find_path(HTTPLIB_INCLUDE httplib.h)
find_library(HTTPLIB cpp-httplib)
if(HTTPLIB_INCLUDE AND HTTPLIB)
  add_library(latent_httplib INTERFACE)
  target_include_directories(latent_httplib SYSTEM INTERFACE ${HTTPLIB_INCLUDE})
  target_compile_definitions(latent_httplib INTERFACE
    CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT CPPHTTPLIB_BROTLI_SUPPORT)
  target_link_libraries(latent_httplib INTERFACE ${HTTPLIB} Threads::Threads)
else()
  message(WARNING "no cpp-httplib: latent explore will have no server; run scripts/setup.sh")
endif()
