// The size of one image, as all parts of the program pass it.
#pragma once

#include <cstdint>
#include <string>

namespace latent {

/// Channels, height and width of one image, in pixels.
struct ImageShape {
  int64_t channels = 1;
  int64_t height = 0;
  int64_t width = 0;

  /// Returns the number of values of one image.
  int64_t values() const { return channels * height * width; }
  /// Returns channels x height x width: "3x64x48".
  std::string text() const {
    return std::to_string(channels) + "x" + std::to_string(height) + "x" + std::to_string(width);
  }
  bool operator==(const ImageShape&) const = default;
};

}  // namespace latent
