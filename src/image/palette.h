// Pictures in at most 256 colours.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "image/picture.h"

namespace latent {

/// The colours of an animation and the way from a pixel to the nearest of them.
class Palette {
 public:
  /// Chooses the colours for pictures of 1 or 3 channels, all alike.
  explicit Palette(const std::vector<Picture>& pictures);

  const std::vector<std::array<uint8_t, 3>>& colours() const { return colours_; }
  /// How the colours are not the pictures' own, in words for the user; "" if they are.
  const std::string& notice() const { return notice_; }

  /// One index into `colours` for each pixel.
  std::vector<uint8_t> indices(const Picture& picture);

 private:
  uint8_t nearest(const uint8_t* rgb);

  bool grey_ = false;
  std::vector<std::array<uint8_t, 3>> colours_;
  std::unordered_map<uint32_t, uint8_t> known_;  // pixels met before, as 0xrrggbb
  std::string notice_;
};

}  // namespace latent
