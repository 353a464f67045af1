#include <c10/util/Exception.h>
#include <png.h>

#include <csetjmp>
#include <string>

#include "core/error.h"
#include "core/system/file.h"
#include "image/picture.h"

namespace latent {
namespace {

constexpr int64_t kLargestPngSide = 1000000;  // libpng's own limit

struct Failure {
  char message[200] = "unknown error";
};

// libpng leaves by longjmp, so the message is copied to a place that the caller can read
// afterwards.
[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  auto* failure = static_cast<Failure*>(png_get_error_ptr(png));
  std::snprintf(failure->message, sizeof failure->message, "%s", message);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void append(png_structp png, png_bytep data, size_t bytes) {
  auto* encoded = static_cast<std::string*>(png_get_io_ptr(png));
  bool stored = true;
  try {
    encoded->append(reinterpret_cast<const char*>(data), bytes);
  } catch (...) {
    stored = false;  // no exception may cross libpng's C frames
  }
  if (!stored) png_error(png, "out of memory");
}

void flush(png_structp) {}

// Returns false with the message in `failure`. Uses nothing with a destructor, which longjmp would
// skip.
bool encode(const Picture& picture, png_bytepp rows, std::string& encoded, Failure& failure) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &failure, on_error, on_warning);
  if (png == nullptr) return false;
  png_infop info = png_create_info_struct(png);
  if (info == nullptr || setjmp(png_jmpbuf(png)) != 0) {
    png_destroy_write_struct(&png, &info);
    return false;
  }
  png_set_write_fn(png, &encoded, append, flush);
  png_set_IHDR(png, info, static_cast<png_uint_32>(picture.width),
               static_cast<png_uint_32>(picture.height), 8,
               picture.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_rows(png, info, rows);
  png_write_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
  png_destroy_write_struct(&png, &info);
  return true;
}

}  // namespace

std::string png_bytes(const Picture& picture, const std::string& file) {
  TORCH_CHECK(picture.channels == 1 || picture.channels == 3, "a picture has 1 or 3 channels, got ",
              picture.channels);
  TORCH_CHECK(static_cast<int64_t>(picture.pixels.size()) ==
                  picture.width * picture.height * picture.channels,
              "a picture of ", picture.width, "x", picture.height, "x", picture.channels, " with ",
              picture.pixels.size(), " bytes");
  if (picture.width < 1 || picture.height < 1 || picture.width > kLargestPngSide ||
      picture.height > kLargestPngSide) {
    throw Error(file + ": a picture of " + std::to_string(picture.width) + "x" +
                std::to_string(picture.height) + " pixels; a PNG can have 1 to " +
                std::to_string(kLargestPngSide) + " a side");
  }
  std::vector<png_bytep> rows;
  for (int64_t y = 0; y < picture.height; ++y)
    rows.push_back(const_cast<png_bytep>(picture.at(0, y)));
  std::string encoded;
  Failure failure;
  if (!encode(picture, rows.data(), encoded, failure)) {
    throw Error(file + ": cannot be encoded as PNG: " + failure.message);
  }
  return encoded;
}

void write_png(const Picture& picture, const std::filesystem::path& path) {
  const std::string encoded = png_bytes(picture, path.string());
  if (path.has_parent_path()) make_directories(path.parent_path());
  write_file(path, encoded);
}

}  // namespace latent
