// Whether a figure differs between two groups of trained models, measured on the same images.
#pragma once

#include <optional>
#include <vector>

#include "core/tensor.h"
#include "statistics/confidence.h"

namespace latent::statistics {

/// A difference with its 95% interval and the probability of one as large by chance.
struct Tested {
  double low = 0, high = 0;
  double p = 1;
};

/// The second group's figure minus the first's.
struct GroupDifference {
  double value = 0;
  /// For these trained models and other images of the same kind: a paired t-test over the images.
  /// Nothing for a single image.
  std::optional<Tested> images;
  /// For other images and other training seeds. Nothing if neither group has two models: the spread
  /// between seeds is then unknown.
  std::optional<Tested> seeds;
};

/// Compares the figures of models that differ in their settings (the groups) and in their seeds
/// (within a group).
///
/// first [R1, N], second [R2, N]: of each model for each of N images.  The variance of the
/// difference is the sum of two: that between the models of a group, pooled over the groups, which
/// share each group's mean; and that between images of the groups' paired differences. Degrees of
/// freedom as in Satterthwaite 1946, "An approximate distribution of estimates of variance
/// components".
GroupDifference compare_groups(const Tensor& first, const Tensor& second);

/// Returns the probabilities adjusted for their number, so that a family of tests errs at most as
/// often as one. NaN stays and is not counted. Source: Holm 1979.
std::vector<double> holm(const std::vector<double>& p);

}  // namespace latent::statistics
