// What layers and models are, as data: the summary is made from it, and so can a file be from which
// another program rebuilds the model.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/image_shape.h"
#include "core/tensor.h"

namespace latent {

struct NamedSpec;

/// A layer as data. `kind` is the name of a row of `layer_kinds()` (model/layer_kinds.h), which
/// says what the layer computes and which of the other fields it has.
struct LayerSpec {
  std::string kind;
  std::map<std::string, int64_t> integers;            // "stride": 2
  std::map<std::string, std::vector<int64_t>> lists;  // "output_padding": [1, 1]
  std::map<std::string, double> numbers;              // "epsilon": 1e-5
  // The tensors of the layer itself, not copies, under the names of the module's parameters and
  // buffers. A layer without a bias has no "bias".
  std::vector<std::pair<std::string, Tensor>> weights;     // trainable
  std::vector<std::pair<std::string, Tensor>> statistics;  // running statistics, not trained
  // The layers that a composite is made of. The kind says how their values are connected.
  std::vector<NamedSpec> parts;
};

/// A layer and its name in the module that holds it: "conv1".
struct NamedSpec {
  std::string name;
  LayerSpec spec;
};

/// A model as data, from images to the decoder's output. The likelihood says what the output means
/// (`Likelihood::picture_spec`).
struct ModelSpec {
  ImageShape input;                // of the encoder
  std::vector<NamedSpec> encoder;  // one after another, from images [B, C, H, W] to features
  LayerSpec bottleneck;            // from features to latents
  std::vector<int64_t> latents;    // sizes of one image's latents: {Z}, or {D, h, w}
  int64_t condition = 0;           // K: numbers that follow the latents before the decoder
  std::vector<NamedSpec> plane;    // from a condition [B, K] to the channel [B, 1, H, W] that
                                   // follows the images' own before the encoder; none without K
  std::vector<NamedSpec> decoder;  // one after another, from latents to images
};

/// Returns the tensor called `name` among the weights and statistics, or an undefined one.
Tensor find_tensor(const LayerSpec& spec, const std::string& name);

}  // namespace latent
