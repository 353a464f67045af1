// A small network trained on a data set, whose penultimate layer describes its images.
#pragma once

#include <torch/nn/module.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/image_shape.h"
#include "model/network.h"

namespace latent {

/// What a feature network is trained for.
enum class FeatureTask {
  kClasses,  // to tell the classes of one attribute apart
  kYesNo,    // to tell several yes-or-no attributes at once
  kImages,   // to restore the images, where there are no labels: an autoencoder
};

/// Returns "classifier", "attributes" or "autoencoder".
std::string to_string(FeatureTask task);

struct FeaturePlan {
  FeatureTask task = FeatureTask::kImages;
  ImageShape shape;
  int64_t outputs = 0;  // classes or attributes; 0 for an autoencoder
};

/// The number of features, D: 10,000 samples are enough for their covariance.
constexpr int64_t kFeatures = 64;

/// Convolutions of stride 2, batch normalisation and ReLU, down to 7x7 or less, and one dense layer
/// whose output are the features; a linear layer behind it for labels, or a mirrored decoder.
class FeatureNetwork : public torch::nn::Module {
 public:
  /// Throws Error for images of a single pixel.
  explicit FeatureNetwork(const FeaturePlan& plan);

  const FeaturePlan& plan() const { return plan_; }
  /// Returns the features of images [B, C, H, W]: [B, kFeatures].
  Tensor features(const Tensor& images) { return encoder_->forward(images); }
  /// Returns logits [B, outputs], or images [B, C, H, W], from features.
  Tensor outputs(const Tensor& features) { return head_->forward(features); }
  void initialize(at::Generator& generator);
  /// Returns the products of one image's pass through the whole network.
  int64_t multiply_adds() const;
  /// Returns the parameters and the running statistics by their names.
  std::map<std::string, Tensor> tensors() const;

 private:
  FeaturePlan plan_;
  std::shared_ptr<Network> encoder_, head_;
};

}  // namespace latent
