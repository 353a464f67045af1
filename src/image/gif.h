// Animations as GIF files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "image/picture.h"

namespace latent {

struct GifOptions {
  double fps = 10;
  int64_t loop = 0;        // how often it plays; 0: for ever
  bool ping_pong = false;  // back again after the last frame; neither end is shown twice
};

/// What the file holds, which the format may force to differ from what was asked.
struct WrittenGif {
  int64_t frames = 0;
  double fps = 0;      // times are whole centiseconds, and below two of them viewers slow down
  std::string notice;  // for the user: how speed or colours were rounded; "" if they were not
};

/// Writes the frames, all of one size and channel count, atomically, making the folder if needed.
///
/// Grey frames keep their 256 levels exactly, colours if there are at most 256; more are brought to
/// 256 by k-means, or to a fixed 6x6x6 cube in a build without image codecs, which the notice then
/// says. Throws Error naming the file for fps outside 0.01 to 100, sides above 65535, or what the
/// system says.
WrittenGif write_gif(const std::vector<Picture>& frames, const std::filesystem::path& path,
                     const GifOptions& options = {});

}  // namespace latent
