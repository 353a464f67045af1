// The colours of the points of a scatter: by class, or by a number on a scale.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/tensor.h"

namespace latent::visual {

class Colouring {
 public:
  /// values: [N]; if undefined, all points have one colour. classes: words for the values 0, 1,
  /// ...; if empty, colours are on a scale from the least value to the largest.
  Colouring(const Tensor& values, const std::vector<std::string>& classes);

  /// Returns 0xRRGGBB for a point; grey if the value is not a class or not a number.
  uint32_t of(double value) const;

  /// Words and colours of the legend; empty for a scale. If there are more than kClassColours
  /// classes, those with the most points have colours of their own and the last entry stands for
  /// all others.
  std::vector<std::pair<std::string, uint32_t>> entries;
  double low = 0, high = 1;  // of the scale

 private:
  enum class Kind { kPlain, kClasses, kScale };

  void colour_classes(const Tensor& values, const std::vector<std::string>& classes);

  Kind kind_ = Kind::kPlain;
  std::vector<uint32_t> colours_;  // of each class
};

}  // namespace latent::visual
