// The encoders and decoders that a config can name under `model.encoder` and `model.decoder`.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "config/section.h"
#include "core/image_shape.h"
#include "core/registry.h"
#include "model/bottleneck.h"
#include "model/network.h"

namespace latent {

/// The layers of an encoder, and the sizes of the features that it passes to the bottleneck: {F},
/// or {C, h, w}.
struct EncoderNetwork {
  std::shared_ptr<Network> layers;
  std::vector<int64_t> features;
};
/// Makes the layers of an encoder for images of a shape. Throws Error if it cannot make such
/// features.
using EncoderMaker = std::function<EncoderNetwork(const ImageShape&, FeatureKind)>;

struct EncoderRow {
  std::string name;
  std::string summary;
  /// Reads the encoder's keys. The maker throws Error if the images do not fit the layers.
  std::function<EncoderMaker(Section&)> configure;
  /// The decoder of a model whose config names none: of the same name if there is one.
  std::string decoder;
};

/// Makes the layers of a decoder, from latents [B, Z] or [B, D, h, w] to images of the shape.
/// Throws Error if it cannot take such latents.
using DecoderMaker = std::function<std::shared_ptr<Network>(const LatentShape&, const ImageShape&)>;

struct DecoderRow {
  std::string name;
  std::string summary;
  /// Reads the decoder's keys. encoder: the section of an encoder of the same name, whose mirror
  /// image provides the defaults; or nothing.
  std::function<DecoderMaker(Section&, std::optional<Section> encoder)> configure;
};

const Registry<EncoderRow>& encoders();
const Registry<DecoderRow>& decoders();

}  // namespace latent
