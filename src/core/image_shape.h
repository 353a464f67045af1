// The size of one image as every part of the program states it.
#pragma once

#include <cstdint>
#include <string>

namespace latent {

/// Channels, height and width of one image, in pixels.
struct ImageShape {
  int64_t channels = 1;
  int64_t height = 0;
  int64_t width = 0;

  int64_t values() const { return channels * height * width; }
  /// "3x64x48": channels x height x width.
  std::string text() const {
    return std::to_string(channels) + "x" + std::to_string(height) + "x" + std::to_string(width);
  }
  bool operator==(const ImageShape&) const = default;
};

}  // namespace latent
