#include "sets/shapes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/random.h"

namespace latent {
namespace {

// Every shape fits a circle of this radius at scale 1, in shares of the image's shorter side; the
// three then cover about equal areas.
constexpr double kRadius = 0.25;
constexpr double kSquareSide = 0.17;         // half of it
constexpr double kEllipse[] = {0.25, 0.15};  // half axes
constexpr double kHeartSide = 0.128;         // half the side of its square; see heart_distance

double uniform(uint64_t key, uint64_t factor) {
  return static_cast<double>(stream_seed(key, Stream::kFactors, factor) >> 11) * 0x1p-53;
}

double box_distance(double u, double v, double half) {
  const double du = std::abs(u) - half, dv = std::abs(v) - half;
  return std::hypot(std::max(du, 0.0), std::max(dv, 0.0)) + std::min(std::max(du, dv), 0.0);
}

// Not exact, but first-order right at the edge, which is all that anti-aliasing looks at: with k
// the radius in units of the ellipse, (k - 1) divided by the length of k's gradient.
double ellipse_distance(double u, double v, double a, double b) {
  const double k = std::hypot(u / a, v / b);
  const double gradient = std::hypot(u / (a * a), v / (b * b));
  return gradient > 0 ? k * (k - 1) / gradient : -std::min(a, b);
}

// A square standing on a corner with a full disc on each of its two upper sides: the union's
// distance is the smallest.
double heart_distance(double u, double v, double half) {
  const double offset = 0.1036 * half;  // moves the centre of the enclosing circle to the origin
  // Turned by 45 degrees: the notch, the corner between the two discs, points up.
  const double p = (u - v) * std::numbers::sqrt2 / 2 + offset,
               q = (-u - v) * std::numbers::sqrt2 / 2 + offset;
  const double discs = std::min(std::hypot(p - half, q), std::hypot(p, q - half)) - half;
  return std::min(box_distance(p, q, half), discs);
}

// u to the right and v downwards in the shape's own frame, pixels; side: pixels per unit.
double distance(int64_t shape, double u, double v, double side) {
  if (shape == 0) return box_distance(u, v, kSquareSide * side);
  if (shape == 1) return ellipse_distance(u, v, kEllipse[0] * side, kEllipse[1] * side);
  return heart_distance(u, v, kHeartSide * side);
}

// Full saturation and value.  Source: the hexcone model, Smith 1978.
std::array<double, 3> rgb_of(double hue) {
  const auto channel = [hue](double offset) {
    const double k = std::fmod(offset + hue * 6, 6.0);
    return 1 - std::clamp(std::min(k, 4 - k), 0.0, 1.0);
  };
  return {channel(5), channel(3), channel(1)};
}

}  // namespace

Factors draw_factors(uint64_t index) {
  const uint64_t key = stream_seed(0, Stream::kFactors, index);
  return {.shape = static_cast<int64_t>(uniform(key, 0) * 3),
          .scale = 0.5 + 0.5 * uniform(key, 1),
          .rotation = 2 * std::numbers::pi * uniform(key, 2),
          .x = uniform(key, 3),
          .y = uniform(key, 4),
          .hue = uniform(key, 5)};
}

void render_shape(const Factors& factors, const ImageShape& size, uint8_t* pixels) {
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  const double shorter = std::min(width, height);
  const double margin = kRadius * shorter;
  const double centre_x = margin + factors.x * (width - 2 * margin);
  const double centre_y = margin + factors.y * (height - 2 * margin);
  const double reach = margin * factors.scale + 1;
  const double cosine = std::cos(factors.rotation), sine = std::sin(factors.rotation);
  std::array<double, 3> ink{1, 1, 1};
  if (size.channels == 3) ink = rgb_of(factors.hue);

  const auto first = [](double centre, double radius) {
    return std::max<int64_t>(0, static_cast<int64_t>(std::floor(centre - radius)));
  };
  const auto last = [](double centre, double radius, int64_t limit) {
    return std::min(limit, static_cast<int64_t>(std::ceil(centre + radius)));
  };
  for (int64_t row = first(centre_y, reach); row < last(centre_y, reach, size.height); ++row) {
    for (int64_t column = first(centre_x, reach); column < last(centre_x, reach, size.width);
         ++column) {
      const double dx = static_cast<double>(column) + 0.5 - centre_x;
      const double dy = static_cast<double>(row) + 0.5 - centre_y;
      // y points down, so turning the shape counter-clockwise turns the pixel the other way in this
      // frame.
      const double u = cosine * dx - sine * dy, v = sine * dx + cosine * dy;
      const double coverage =
          std::clamp(0.5 - distance(factors.shape, u, v, shorter * factors.scale), 0.0, 1.0);
      if (coverage == 0) continue;
      uint8_t* pixel = pixels + (row * size.width + column) * size.channels;
      for (int64_t c = 0; c < size.channels; ++c) {
        pixel[c] = static_cast<uint8_t>(std::lround(255 * coverage * ink[static_cast<size_t>(c)]));
      }
    }
  }
}

}  // namespace latent
