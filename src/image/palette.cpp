#include "image/palette.h"

#include <unordered_set>

#include "image/codecs.h"

namespace latent {
namespace {

constexpr size_t kMaxColours = 256;
constexpr size_t kSampledPixels =
    size_t{1} << 20;  // of all frames together, from which the colours are chosen

uint32_t packed(const uint8_t* rgb) {
  return uint32_t{rgb[0]} << 16 | uint32_t{rgb[1]} << 8 | rgb[2];
}

// Returns all colours of the pictures, or none if there are more than a palette holds.
std::vector<std::array<uint8_t, 3>> own_colours(const std::vector<Picture>& pictures) {
  std::unordered_set<uint32_t> met;
  std::vector<std::array<uint8_t, 3>> colours;
  for (const auto& picture : pictures) {
    for (size_t i = 0; i < picture.pixels.size(); i += 3) {
      const uint8_t* rgb = picture.pixels.data() + i;
      if (!met.insert(packed(rgb)).second) continue;
      if (colours.size() == kMaxColours) return {};
      colours.push_back({rgb[0], rgb[1], rgb[2]});
    }
  }
  return colours;
}

std::vector<uint8_t> sampled(const std::vector<Picture>& pictures) {
  size_t pixels = 0;
  for (const auto& picture : pictures)
    pixels += picture.pixels.size() / 3;
  const size_t step = pixels / kSampledPixels + 1;
  std::vector<uint8_t> sample;
  for (const auto& picture : pictures) {
    for (size_t i = 0; i < picture.pixels.size(); i += 3 * step) {
      sample.insert(sample.end(), picture.pixels.begin() + static_cast<int64_t>(i),
                    picture.pixels.begin() + static_cast<int64_t>(i) + 3);
    }
  }
  return sample;
}

std::vector<std::array<uint8_t, 3>> colour_cube() {
  std::vector<std::array<uint8_t, 3>> cube;
  for (int i = 0; i < 216; ++i) {
    cube.push_back({static_cast<uint8_t>(i / 36 * 51), static_cast<uint8_t>(i / 6 % 6 * 51),
                    static_cast<uint8_t>(i % 6 * 51)});
  }
  return cube;
}

}  // namespace

Palette::Palette(const std::vector<Picture>& pictures) : grey_(pictures.front().channels == 1) {
  if (grey_) {
    for (int level = 0; level < 256; ++level) {
      const auto value = static_cast<uint8_t>(level);
      colours_.push_back({value, value, value});
    }
    return;
  }
  colours_ = own_colours(pictures);
  if (!colours_.empty()) return;
  if (have_codecs()) {
    const auto chosen = choose_palette(sampled(pictures), kMaxColours);
    for (size_t i = 0; i < chosen.size(); i += 3)
      colours_.push_back({chosen[i], chosen[i + 1], chosen[i + 2]});
    notice_ = "colours were reduced to 256";
  } else {
    colours_ = colour_cube();
    notice_ =
        "colours were reduced to a fixed 216, because this build has no image codecs to choose "
        "better "
        "ones";
  }
}

std::vector<uint8_t> Palette::indices(const Picture& picture) {
  if (grey_) return picture.pixels;
  std::vector<uint8_t> all;
  all.reserve(picture.pixels.size() / 3);
  for (size_t i = 0; i < picture.pixels.size(); i += 3)
    all.push_back(nearest(picture.pixels.data() + i));
  return all;
}

uint8_t Palette::nearest(const uint8_t* rgb) {
  const auto [entry, fresh] = known_.try_emplace(packed(rgb), uint8_t{0});
  if (!fresh) return entry->second;
  int best = 1 << 30;
  for (size_t k = 0; k < colours_.size(); ++k) {
    int distance = 0;
    for (size_t c = 0; c < 3; ++c)
      distance += (rgb[c] - colours_[k][c]) * (rgb[c] - colours_[k][c]);
    if (distance >= best) continue;
    best = distance;
    entry->second = static_cast<uint8_t>(k);
  }
  return entry->second;
}

}  // namespace latent
