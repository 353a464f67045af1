// Fully connected encoder and decoder; with no hidden layers, a linear autoencoder.
#pragma once

#include "model/registry.h"

namespace latent {

EncoderMaker configure_dense_encoder(Section& section);
DecoderMaker configure_dense_decoder(Section& section, std::optional<Section> encoder);

}  // namespace latent
