// The first directory of a TIFF, which is also the form in which JPEG, PNG and WebP carry EXIF.
#pragma once

#include <cstdint>
#include <string_view>

namespace latent {

struct TiffDirectory {
  int64_t width = 0;  // 0: missing
  int64_t height = 0;
  int orientation = 1;       // 1 to 8; 1: upright
  uint64_t tile_pixels = 1;  // of one tile, which decoders allocate as a whole
  bool complete = false;     // the directory and all pixels that it refers to lie within the bytes
};

/// Reads as much as possible of untrusted bytes; never throws.
TiffDirectory read_tiff_directory(std::string_view bytes);

}  // namespace latent
