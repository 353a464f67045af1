// Animations as GIF files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "image/picture.h"

namespace latent {

struct GifOptions {
  double fps = 10;
  int64_t loop = 0;        // number of repetitions; 0: forever
  bool ping_pong = false;  // play backwards after the last frame, without repeating either end
};

/// What was written; the format may force it to differ from what was asked for.
struct WrittenGif {
  int64_t frames = 0;
  double fps = 0;  // delays are whole centiseconds, at least two: viewers slow shorter ones down
  std::string notice;  // how speed or colours were rounded, for the user; "" if they were not
};

/// A GIF in memory.
struct EncodedGif {
  std::string bytes;
  WrittenGif written;
};

/// Encodes frames as write_gif does. file: its name for messages.
EncodedGif encode_gif(const std::vector<Picture>& frames, const std::string& file,
                      const GifOptions& options = {});

/// Writes the frames, all of one size and channel count, atomically. Makes the folder if needed.
///
/// Grey frames keep their 256 levels exactly, and so do colours if there are at most 256. More
/// colours are reduced to 256 by k-means or, in a build without image codecs, to a fixed 6x6x6
/// cube; the notice says so. Throws Error naming the file for fps outside 0.01 to 100, sides above
/// 65535, or a failure of the system.
WrittenGif write_gif(const std::vector<Picture>& frames, const std::filesystem::path& path,
                     const GifOptions& options = {});

}  // namespace latent
