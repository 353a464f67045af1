// The encoders and decoders that a config can name under `model.encoder` and `model.decoder`.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "config/section.h"
#include "core/image_shape.h"
#include "core/registry.h"
#include "model/network.h"

namespace latent {

/// The layers of an encoder, and the number of features that it passes to the bottleneck.
struct EncoderNetwork {
  std::shared_ptr<Network> layers;
  int64_t features = 0;
};
/// Makes the layers of an encoder for images of a shape.
using EncoderMaker = std::function<EncoderNetwork(const ImageShape&)>;

struct EncoderRow {
  std::string name;
  std::string summary;
  /// Reads the encoder's keys. The maker throws Error if the images do not fit the layers.
  std::function<EncoderMaker(Section&)> configure;
  /// The decoder of a model whose config names none: of the same name if there is one.
  std::string decoder;
};

/// Makes the layers of a decoder, from latents [B, latent_dim] to images of the shape.
using DecoderMaker = std::function<std::shared_ptr<Network>(int64_t latent_dim, const ImageShape&)>;

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
