// A model's spec as JSON, from which other programs rebuild it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model/autoencoder.h"

namespace latent {

/// Returns what the model is, without the values of its weights: {"format": 1, "input": [C, H, W],
/// "output": [C, H, W], "latents": [Z], "prior": "normal" or null, "condition": K, "plane":
/// [LAYER, ...], "encoder": [LAYER, ...], "bottleneck": LAYER, "decoder": [LAYER, ...], "picture":
/// LAYER}; the plane's layers make the channel that a condition adds to the images. A LAYER is
/// {"name", "kind", "options", "weights": {NAME: SIZES}, "statistics": {NAME: SIZES}, "parts":
/// [LAYER, ...]}, without what is empty; model/layer_kinds.cpp says what each kind computes. A
/// tensor is called "model.encoder.LAYER.PART.NAME" in a checkpoint. picture: the layer from the
/// decoder's output to the picture (Likelihood::picture_spec).
nlohmann::ordered_json spec_json(const Autoencoder& model, const LayerSpec& picture);

}  // namespace latent
