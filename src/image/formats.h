// The formats of pictures that the program reads, and those that it knows but does not read. A file
// is known by its first bytes: names are often wrong or have no ending.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace latent {

enum class ImageFormat { kJpeg, kPng, kBmp, kTiff, kWebp, kGif, kPnm };

/// The number of first bytes that show what a file is.
constexpr size_t kSniffedBytes = 160;

/// Returns the format of a file that begins with these bytes, or nothing.
std::optional<ImageFormat> sniff_image(std::string_view first_bytes);

/// A kind of picture that the program does not read.
struct ForeignFormat {
  std::string name;    // "HEIC"
  std::string remedy;  // "convert it to JPEG or PNG, with heif-convert for example"
};

/// Returns the kind of a picture in another format that begins with these bytes, or nothing.
std::optional<ForeignFormat> sniff_foreign_image(std::string_view first_bytes);

/// Returns "JPEG".
std::string to_string(ImageFormat format);

/// Returns "JPEG, PNG, BMP, TIFF, WebP, GIF or PNM", for messages.
std::string image_format_names();

/// Returns ".jpg, .png, .bmp, .tif, .webp, .gif or .pgm", for messages.
std::string image_ending_examples();

/// Returns true for an ending that pictures of these formats usually have, in any case: ".JPG".
bool is_image_ending(std::string_view ending);

}  // namespace latent
