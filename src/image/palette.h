// Pictures in at most 256 colours.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "image/picture.h"

namespace latent {

/// The colours of an animation; finds the nearest one for each pixel.
class Palette {
 public:
  /// Chooses the colours for pictures that all have 1 or all have 3 channels.
  explicit Palette(const std::vector<Picture>& pictures);

  const std::vector<std::array<uint8_t, 3>>& colours() const { return colours_; }
  /// Tells the user how the colours were reduced; "" if they were not.
  const std::string& notice() const { return notice_; }

  /// Returns an index into `colours` for each pixel.
  std::vector<uint8_t> indices(const Picture& picture);

 private:
  uint8_t nearest(const uint8_t* rgb);

  bool grey_ = false;
  std::vector<std::array<uint8_t, 3>> colours_;
  std::unordered_map<uint32_t, uint8_t> known_;  // pixels met before, as 0xrrggbb
  std::string notice_;
};

}  // namespace latent
