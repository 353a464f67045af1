// Directions of the latent space along which an attribute changes.
#pragma once

#include <string>
#include <vector>

#include "core/tensor.h"
#include "space/contrast.h"

namespace latent::space {

enum class Method { kMean, kLogistic };

/// "mean" or "logistic". Throws UsageError naming both for anything else.
Method parse_method(const std::string& name);

/// A direction, found among standardised latents: x = (z - center) / scale.
///
/// In these coordinates a latent that the model does not use, whose mean hardly varies, cannot
/// dominate it. One unit of strength is one standard deviation of the images' scores.
struct Direction {
  Tensor center, scale;  // [Z] float64: mean and standard deviation of the latents
  Tensor unit;           // [Z] float64: of length 1
  double spread = 1;     // standard deviation of x . unit over the images it was found on

  /// How far latents lie along the direction.  means: [N, Z].  Returns [N] float64, in strengths.
  Tensor scores(const Tensor& means) const;
  /// What one unit of strength adds to latents: [Z] float32. It raises their score by exactly 1.
  Tensor step() const;
};

/// Finds the direction from the negative to the positive side.
///
/// kMean: the difference of the sides' means. kLogistic: the weights of a logistic regression with
/// an L2 penalty, found by Newton's method: it separates better where latents are correlated. Both
/// count the sides alike and, within them, the classes.
/// means: [N, Z].  orthogonal_to: sides whose own directions are taken out, so that a step leaves
/// their scores as they are.
/// Throws Error if nothing of the direction remains.
Direction find_direction(const Tensor& means, const BinaryContrast& sides, Method method,
                         const std::vector<BinaryContrast>& orthogonal_to = {});

}  // namespace latent::space
