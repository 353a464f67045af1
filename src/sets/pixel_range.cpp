#include "sets/pixel_range.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"

namespace latent {
namespace {

constexpr double kRounding = 1e-3;  // how far beyond white a float may lie, as a share of the range
constexpr double kDark = 0.25;      // of white: pictures without a lighter pixel are suspicious

// The smallest 2^k - 1 that is not below `high`, for the bits of a camera or a scanner.
double full_scale(double high) {
  double white = 255;
  while (white < high)
    white = 2 * white + 1;
  return white;
}

std::pair<double, double> guessed(const Extent& extent) {
  const auto& [low, high, whole, any] = extent;
  if (low < 0) {
    if (low >= -0.5 && high <= 0.5) return {-0.5, 0.5};
    if (low >= -1 && high <= 1) return {-1, 1};
    if (whole && low >= -128 && high <= 127) return {-128, 127};
    return {low, high};
  }
  if (high <= 1) return {0, 1};
  if (high > 127 && high <= 255) return {0, 255};
  return {0, whole && high > 255 && high <= 65'535 ? full_scale(high) : high};
}

}  // namespace

void RangeOptions::read(Section& data) {
  data.read("black", black, any_number(), "value of black, such as -1 for values from -1 to 1");
  data.read("white", white, any_number(),
            "value of white; 0: 255 for whole numbers (1 if they are all 0 or 1), 1 for floats");
  black_key = data.where("black");
}

void Extent::add(const Tensor& values) {
  const Tensor numbers =
      values.is_floating_point() ? values.masked_select(values.isfinite()) : values.flatten();
  if (numbers.numel() == 0) return;
  const auto smallest = numbers.min().item<double>(), largest = numbers.max().item<double>();
  low = any ? std::min(low, smallest) : smallest;
  high = any ? std::max(high, largest) : largest;
  whole = whole && (!numbers.is_floating_point() || numbers.eq(numbers.floor()).all().item<bool>());
  any = true;
}

PixelRange::PixelRange(const RangeOptions& options, double automatic_white)
    : black_(options.black), white_(options.white != 0 ? options.white : automatic_white) {
  if (black_ < white_) return;
  throw Error(fmt::format("{}: got {}; expected less than white, which is {} (data.white)",
                          options.black_key, black_, white_));
}

double PixelRange::slack() const { return (white_ - black_) * kRounding; }

Tensor PixelRange::beyond(const Tensor& values) const {
  const Tensor flat = values.flatten(1);
  return at::logical_or(flat<black_ - slack(), flat> white_ + slack())
      .logical_and(flat.isfinite())
      .any(1);
}

void PixelRange::refuse(const std::string& name, const Tensor& image, int64_t index,
                        const Extent& all) const {
  const Tensor flat = image.flatten().to(at::kDouble);
  const Tensor bad = flat.masked_select(
      at::logical_or(flat<black_ - slack(), flat> white_ + slack()).logical_and(flat.isfinite()));
  throw Error(fmt::format(
      "{}: value {} in image {}; expected {} to {}; all values are from {} to {}: set "
      "{} if these are black and white",
      name, bad[0].item<double>(), index, black_, white_, all.low, all.high, offered_range(all)));
}

Tensor PixelRange::to_bytes(const Tensor& values) const {
  if (values.scalar_type() == at::kByte && black_ == 0 && white_ == 255) return values.contiguous();
  Tensor scaled = values.to(at::kDouble);
  if (black_ != 0) scaled = scaled - black_;
  return (scaled * (255 / (white_ - black_)))
      .round_()
      .nan_to_num_(0, 0, 0)
      .clamp_(0, 255)
      .to(at::kByte)
      .contiguous();
}

std::string offered_range(const Extent& extent) {
  const auto [black, white] = guessed(extent);
  return black == 0 ? fmt::format("data.white: {}", white)
                    : fmt::format("data.black: {} and data.white: {}", black, white);
}

bool spans_minus_one_to_one(const Extent& extent) {
  constexpr double kNear = 0.01;
  return std::abs(extent.low + 1) <= kNear && std::abs(extent.high - 1) <= kNear;
}

Tensor not_finite(const Tensor& values) {
  return values.flatten(1).isfinite().logical_not().any(1);
}

std::string dark_warning(const std::string& name, const Extent& extent, const PixelRange& range) {
  if (!extent.any || extent.high <= range.black()) return "";
  if (extent.high - range.black() >= kDark * (range.white() - range.black())) return "";
  return fmt::format(
      "{}: its pictures are darker than a quarter of white: the largest value is {}, and {} is "
      "white (data.white: {} if that is white)",
      name, extent.high, range.white(), extent.high);
}

}  // namespace latent
