// Trains a feature network on a data set.
#pragma once

#include <c10/core/Device.h>

#include <memory>
#include <string>
#include <vector>

#include "analysis/features/feature_network.h"
#include "data/dataset.h"
#include "statistics/confidence.h"

namespace latent {

/// What of the examples a network is trained on.
struct FeatureTarget {
  FeatureTask task = FeatureTask::kImages;
  std::vector<std::string> attributes;  // one with classes, several of yes and no, or none
  int64_t outputs = 0;
};

/// Returns the first attribute whose classes differ and have five images each on the average, else
/// all of yes and no that differ, else none, which asks for an autoencoder.
FeatureTarget feature_target(const Examples& training);

struct FeatureTraining {
  uint64_t seed = 0;
  c10::Device device = c10::kCPU;
  bool quiet = false;
  double share = 1;  // of the images that a network of this size is shown; for tests
};

struct TrainedFeatures {
  std::shared_ptr<FeatureNetwork> network;  // in evaluation mode, on the CPU
  FeatureTarget target;
  /// Of the scored images: the accuracy, the mean accuracy over the attributes, or the mean squared
  /// error of restored images.
  statistics::Measured quality;
  double seconds = 0;
};

/// Trains a network for the target with Adam, and measures it on other examples of the set. The
/// same seed gives the same network on the same machine.
TrainedFeatures train_features(const Examples& training, const Examples& scored,
                               const FeatureTraining& options);

}  // namespace latent
