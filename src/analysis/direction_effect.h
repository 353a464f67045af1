// What moving along an attribute's direction does to pictures.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/attribute_direction.h"

namespace latent {

/// One unit of strength changes the pictures by this root mean square, of values from 0 to 1.
constexpr double kVisibleChange = 0.04;
/// The strength at which effects are measured.
constexpr double kEffectStrength = 2;

/// The effect of kEffectStrength, measured on decoded pictures of the validation split by linear
/// classifiers on pixels of the training images (PixelReaders).
struct DirectionEffect {
  double deviations = 1;  // along the direction that one unit of strength moves
  double change = 0;      // root mean square change of the pictures by one unit
  double shift = 0;       // of the attribute's reading, in standard deviations of real images'
  double risen = 0;       // share of the pictures whose reading rises
  double beside = 0;      // mean magnitude of the shifts of the other attributes' readings
  /// Other attributes and the shifts of their readings, the largest first; weighted by how well the
  /// reading tells real images apart, 2 AUROC - 1.
  std::vector<std::pair<std::string, double>> others = {};

  /// How well the direction shows the attribute: its shift less the mean shift of the others.
  double shown() const { return shift - beside; }
};

/// What classifiers read in pictures before and after an edit. The first reading is the
/// attribute's.
struct EditReadings {
  std::vector<std::string> names;  // K
  Tensor before, after;            // [M, K]
  Tensor deviation;                // [K]: of the readings of real images
  std::vector<double> trust;       // K: 2 AUROC - 1 of each reading of real images
};

/// Returns the effect that the readings show; `deviations` and `change` are left alone.
DirectionEffect effect_of_edit(const EditReadings& readings);

/// Finds how far to move for pictures to change by kVisibleChange, and returns an effect with that
/// and the change that was found there; at most 100 deviations. edited: the pictures after a move
/// by some deviations.
DirectionEffect visible_unit(const std::function<Tensor(double deviations)>& edited,
                             const Tensor& pictures);

/// A direction and its effect.
struct ShownDirection {
  space::Method method;
  AttributeDirection found;
  DirectionEffect effect;
};

/// Finds directions by these methods and measures their effects, once for a checkpoint; later calls
/// read them from the run's cache.  Throws Error as attribute_direction does.
std::vector<ShownDirection> shown_directions(const OpenedRun& run, const AttributeQuery& query,
                                             const std::vector<space::Method>& methods, bool quiet);

}  // namespace latent
