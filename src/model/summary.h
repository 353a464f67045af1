// The table of a model's layers that is printed before training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/layer_spec.h"

namespace latent {

/// A row of the table printed before training.
struct LayerSummary {
  std::string name;  // module path, "encoder.conv1"
  std::string description;
  std::vector<int64_t> shape;  // output of one image
  int64_t parameters = 0;      // trainable
  int64_t statistics = 0;      // running statistics of batch normalisation
  int64_t multiply_adds = 0;   // of products, forward, for one image
};

/// Returns the layers in forward order. Nothing is computed with images.
std::vector<LayerSummary> summarize(const ModelSpec& model);

/// Returns the table printed before training: layer, description, output shape, parameters.
std::string summary_table(const std::vector<LayerSummary>& summary);

}  // namespace latent
