#include "visual/colouring.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "visual/colours.h"

namespace latent::visual {
namespace {

// Returns the number of points in each of `count` classes.
std::vector<int64_t> sizes(const Tensor& values, size_t count) {
  std::vector<int64_t> points(count);
  const Tensor table = values.to(at::kDouble).contiguous();
  for (int64_t i = 0; i < table.numel(); ++i) {
    const double value = table.const_data_ptr<double>()[i];
    if (value >= 0 && value < static_cast<double>(count)) ++points[static_cast<size_t>(value)];
  }
  return points;
}

}  // namespace

Colouring::Colouring(const Tensor& values, const std::vector<std::string>& classes) {
  if (!values.defined()) return;
  if (!classes.empty()) {
    colour_classes(values, classes);
    return;
  }
  kind_ = Kind::kScale;
  const Tensor finite = values.masked_select(values.isfinite());
  if (finite.numel() == 0) return;
  low = finite.min().item<double>();
  high = finite.max().item<double>();
}

void Colouring::colour_classes(const Tensor& values, const std::vector<std::string>& classes) {
  kind_ = Kind::kClasses;
  std::vector<size_t> order(classes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  if (classes.size() > kClassColours) {
    const auto points = sizes(values, classes.size());
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return points[a] > points[b]; });
    order.resize(kClassColours - 1);
    std::sort(order.begin(), order.end());
  }
  colours_.assign(classes.size(), kOtherColour);
  for (size_t i = 0; i < order.size(); ++i) {
    colours_[order[i]] = class_colour(i);
    entries.emplace_back(classes[order[i]], class_colour(i));
  }
  if (order.size() < classes.size())
    entries.emplace_back(fmt::format("{} others", classes.size() - order.size()), kOtherColour);
}

uint32_t Colouring::of(double value) const {
  if (kind_ == Kind::kPlain) return line_colour(0);
  if (!std::isfinite(value)) return kOtherColour;
  if (kind_ == Kind::kScale) return scale_colour(high > low ? (value - low) / (high - low) : 0.5);
  const bool known = value >= 0 && value < static_cast<double>(colours_.size());
  return known ? colours_[static_cast<size_t>(value)] : kOtherColour;
}

}  // namespace latent::visual
