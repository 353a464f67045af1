// Feature networks as files, and as what measures ask for.
#pragma once

#include <c10/core/Device.h>

#include <filesystem>
#include <memory>
#include <string>

#include "analysis/features/feature_training.h"
#include "measure/measure.h"

namespace latent {

/// A trained network and what is known about it.
struct StoredFeatures {
  std::shared_ptr<FeatureNetwork> network;
  std::string data;         // the name of its data set: "mnist"
  std::string fingerprint;  // of the training images and labels
  std::string attributes;   // "label", "Smiling,Male", or ""
  double quality = 0;       // TrainedFeatures::quality
  int64_t images = 0;       // that it was trained on
};

/// Returns the network as it is to be stored. data: the name of the data set.
StoredFeatures stored_features(const TrainedFeatures& trained, const std::string& data,
                               const Examples& training);

/// Identifies the examples and the labels that a network is trained on: "60000-2839-117".
std::string feature_fingerprint(const Examples& training, const FeatureTarget& target);

/// Returns "classifier-mnist-1a2b3c4d": kind, data set, and the first digits of the SHA-256 of the
/// weights, so that equal names mean equal features.
std::string feature_name(const StoredFeatures& features);
/// Returns the SHA-256 of the weights, 64 hexadecimal digits.
std::string feature_digest(const FeatureNetwork& network);

/// Writes the file of `latent features train`: the tensors, and as metadata the kind, the shape,
/// the data set with its fingerprint, the attributes, the quality and the digest.
void write_features(const std::filesystem::path& path, const StoredFeatures& features);

/// Reads such a file. Throws Error if it is none, is damaged, or was made for images of another
/// shape than `expected`. where: begins the message, such as "--features FILE".
StoredFeatures read_features(const std::filesystem::path& path, const std::string& where,
                             const ImageShape& expected);

/// Returns the features for measures, computed on the device.
std::shared_ptr<ImageFeatures> image_features(const StoredFeatures& stored,
                                              const c10::Device& device);

}  // namespace latent
