// What colours the points of a scatter: classes, or a number on a scale.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/tensor.h"

namespace latent::visual {

class Colouring {
 public:
  /// values: [N], or undefined: one colour for all. classes: words for the values 0, 1, ..., or
  /// empty: a scale from the least value to the largest.
  Colouring(const Tensor& values, const std::vector<std::string>& classes);

  /// 0xRRGGBB of a point; grey for what is no class, or no number.
  uint32_t of(double value) const;

  /// Words and colours of a legend, empty for a scale. Of more than kClassColours classes those
  /// with the most points have colours of their own, the last entry is of all others.
  std::vector<std::pair<std::string, uint32_t>> entries;
  double low = 0, high = 1;  // of the scale

 private:
  enum class Kind { kPlain, kClasses, kScale };

  void colour_classes(const Tensor& values, const std::vector<std::string>& classes);

  Kind kind_ = Kind::kPlain;
  std::vector<uint32_t> colours_;  // of each class
};

}  // namespace latent::visual
