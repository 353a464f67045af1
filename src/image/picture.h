// 8-bit pictures in memory, written as PNG by libpng, as JPEG and read by the
// image codecs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace latent {

/// An 8-bit picture, rows from the top, channels interleaved (1 grey, 3 RGB).
struct Picture {
  int64_t width = 0;
  int64_t height = 0;
  int64_t channels = 1;
  std::vector<uint8_t> pixels;  // height * width * channels

  Picture() = default;
  Picture(int64_t w, int64_t h, int64_t c, uint8_t fill)
      : width(w), height(h), channels(c), pixels(static_cast<size_t>(w * h * c), fill) {}

  uint8_t* at(int64_t x, int64_t y) { return pixels.data() + (y * width + x) * channels; }
  const uint8_t* at(int64_t x, int64_t y) const {
    return pixels.data() + (y * width + x) * channels;
  }
};

/// Returns a picture as the bytes of a PNG. file: its name for messages.
/// Throws Error if it is too large for the format.
std::string png_bytes(const Picture& picture, const std::string& file);

/// Writes a PNG atomically. Makes the folder if needed. Throws Error naming the file and the
/// reason.
void write_png(const Picture& picture, const std::filesystem::path& path);

/// Writes a PNG, or a JPEG of quality 92 if the path ends in .jpg or .jpeg, atomically. Throws
/// Error as write_png does, and for a JPEG if this build has no image codecs.
void write_picture(const Picture& picture, const std::filesystem::path& path);

}  // namespace latent
