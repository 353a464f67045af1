#include "model/registry.h"

#include "model/conv.h"
#include "model/dense.h"

namespace latent {

const Registry<EncoderRow>& encoders() {
  static const Registry<EncoderRow> registry(
      "encoder",
      {
          {"conv", "strided convolutions, then dense layers", configure_conv_encoder},
          {"dense", "fully connected layers on the flattened image", configure_dense_encoder},
      });
  return registry;
}

const Registry<DecoderRow>& decoders() {
  static const Registry<DecoderRow> registry(
      "decoder",
      {
          {"conv", "a dense layer, then strided transposed convolutions", configure_conv_decoder},
          {"dense", "fully connected layers to the flattened image", configure_dense_decoder},
      });
  return registry;
}

}  // namespace latent
