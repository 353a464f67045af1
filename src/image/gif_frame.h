// The first frame of a GIF file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "image/raw_image.h"

namespace latent {

/// Where things lie in a GIF.
struct GifLayout {
  int64_t width = 0;  // of the canvas, which grows if the first frame reaches beyond it
  int64_t height = 0;
  int64_t frames = 0;
  bool complete = false;  // the first frame is there with its end

  // Of the first frame:
  int64_t left = 0, top = 0, columns = 0, rows = 0;
  bool interlaced = false;
  int transparent = -1;      // index of a colour, or -1
  std::string_view colours;  // 3 bytes each; empty: there are none
  size_t codes = 0;          // where the size of its first code stands
};

/// Reads the blocks of untrusted bytes; never throws.
GifLayout read_gif_layout(std::string_view bytes);

/// Decodes the first frame on a transparent canvas: RGB and alpha. Throws Error naming `file` if it
/// is cut short or damaged.  Source: GIF89a specification, CompuServe 1990.
RawImage read_gif_frame(std::string_view bytes, const std::string& file);

}  // namespace latent
