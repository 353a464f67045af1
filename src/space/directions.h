// Directions of the latent space along which an attribute changes.
#pragma once

#include <string>
#include <vector>

#include "core/tensor.h"
#include "space/contrast.h"

namespace latent::space {

enum class Method { kMean, kLogistic, kCovariance, kRegression };

/// All methods.
inline constexpr Method kMethods[] = {Method::kMean, Method::kLogistic, Method::kCovariance,
                                      Method::kRegression};

/// Reads the name of a method. Throws Error naming all of them for anything else.
Method parse_method(const std::string& name);

/// Returns "mean", "logistic", "covariance" or "regression".
std::string to_string(Method method);

/// A direction through standardised latents: x = (z - center) / scale.
///
/// Standardised, because a latent that the model does not use, whose mean hardly varies, would
/// dominate it otherwise. One unit of strength is one standard deviation of the images' scores.
struct Direction {
  Tensor center, scale;  // [Z] float64: mean and standard deviation of the latents
  Tensor unit;           // [Z] float64, of length 1
  double spread = 1;     // standard deviation of x . unit over the images it was found on

  /// Returns how far latents lie along the direction: [N] float64, in strengths. means: [N, Z].
  Tensor scores(const Tensor& means) const;
  /// Returns what one unit of strength adds to latents: [Z] float32. It raises their score by
  /// exactly 1.
  Tensor step() const;
};

/// Finds the direction from the negative to the positive side.
///
/// kMean: the difference of the sides' means. kLogistic: the weights of a logistic regression with
/// an L2 penalty, found by Newton's method: it separates better where latents are correlated.
/// kCovariance: these weights times the covariance of the latents: along it images differ as the
/// classifier's score does (Haufe et al. 2014, "On the interpretation of weight vectors of linear
/// models in multivariate neuroimaging").  kRegression: the difference of the means after the
/// covariates are regressed out of the attribute (Frisch and Waugh 1933), so that what goes along
/// with it in these images stays as it is; without covariates as kMean. All give equal weight to
/// the sides and, within them, to the classes. means: [N, Z].  orthogonal_to: contrasts whose own
/// directions are removed from the result, so that a step does not change their scores. covariates:
/// [N, K] float64, or undefined. Throws Error if both sides have the same latents, or no direction
/// is orthogonal to the others.
Direction find_direction(const Tensor& means, const BinaryContrast& sides, Method method,
                         const std::vector<BinaryContrast>& orthogonal_to = {},
                         const Tensor& covariates = {});

}  // namespace latent::space
