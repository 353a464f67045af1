// Portable anymaps: PBM, PGM and PPM, P1 to P6.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "image/raw_image.h"

namespace latent {

struct PnmHeader {
  int64_t width = 0;  // 0: damaged
  int64_t height = 0;
  int64_t channels = 1;
  int64_t top = 255;  // the value of white
  size_t pixels = 0;  // where they begin
  char kind = '6';
  bool complete = false;  // the pixels can lie within the bytes
};

/// Reads as much as possible of untrusted bytes, which begin with P1 to P6; never throws.
PnmHeader read_pnm_header(std::string_view bytes);

/// Decodes a file whose header was read. Throws Error naming `file` if values are missing or wrong.
/// Source: netpbm.sourceforge.net/doc/pbm.html, pgm.html and ppm.html.
RawImage read_pnm(std::string_view bytes, const std::string& file);

}  // namespace latent
