#include "visual/colours.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace latent::visual {
namespace {

constexpr uint32_t kLines[] = {0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7,
                               0xe69f00, 0x56b4e9, 0x000000, 0xf0e442};
static_assert(std::size(kLines) == kLineColours);

constexpr uint32_t kClasses[] = {0x332288, 0x88ccee, 0x117733, 0xddcc77, 0xcc6677,
                                 0x44aa99, 0x882255, 0x999933, 0xaa4499, 0x000000};
static_assert(std::size(kClasses) == kClassColours);

// Viridis in steps of one eighth.
constexpr uint32_t kScale[] = {0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c,
                               0x28ae80, 0x5ec962, 0xaddc30, 0xfde725};

uint32_t mixed(uint32_t from, uint32_t to, double share, int shift) {
  const double a = (from >> shift) & 0xff, b = (to >> shift) & 0xff;
  return static_cast<uint32_t>(std::lround(a + share * (b - a))) << shift;
}

}  // namespace

uint32_t line_colour(size_t index) { return kLines[index % kLineColours]; }

uint32_t class_colour(size_t index) { return kClasses[index % kClassColours]; }

uint32_t scale_colour(double share) {
  constexpr size_t kSteps = std::size(kScale) - 1;
  const double at = std::clamp(share, 0.0, 1.0) * kSteps;
  const size_t step = std::min(static_cast<size_t>(at), kSteps - 1);
  const double rest = at - static_cast<double>(step);
  const uint32_t from = kScale[step], to = kScale[step + 1];
  return mixed(from, to, rest, 16) | mixed(from, to, rest, 8) | mixed(from, to, rest, 0);
}

std::string hex(uint32_t colour) { return fmt::format("#{:06x}", colour); }

}  // namespace latent::visual
