// Convolutional encoder and decoder.
#pragma once

#include "model/registry.h"

namespace latent {

EncoderMaker configure_conv_encoder(Section& section);
DecoderMaker configure_conv_decoder(Section& section, std::optional<Section> encoder);

}  // namespace latent
