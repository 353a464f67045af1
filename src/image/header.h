// Reading the header of an image file before anything is decoded. Decompression bombs and truncated
// files are refused here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "image/formats.h"

namespace latent {

/// The most pixels that a picture may have: 100 megapixels.
constexpr int64_t kMaxPixels = 100'000'000;

struct ImageHeader {
  ImageFormat format = ImageFormat::kPng;
  int64_t width = 0;
  int64_t height = 0;
  int orientation = 1;  // EXIF, 1 to 8; 1: upright; always 1 for TIFF, which its decoder rotates
  int64_t pages = 1;    // of a TIFF; frames of a GIF or WebP
};

/// Reads the header of an image and checks that its end is there, without decoding.
/// file: its name for messages.  Throws Error if it is empty, of no known format, cut short, or
/// larger than kMaxPixels.
ImageHeader read_image_header(std::string_view bytes, const std::string& file);

}  // namespace latent
