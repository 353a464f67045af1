#include "model/registry.h"

#include "model/corruption.h"

namespace latent {

// clang-format off
// A line a corruption; its file in model/corruptions defines configure_NAME_corruption. Whether it
// applies whenever the model encodes, not in training and validation alone; what it is.
#define CORRUPTIONS(row)                                                              \
  row(gaussian, false, "additive noise")                                              \
  row(masking, false, "missing pixels, or a missing block")                           \
  row(salt_pepper, false, "white and black pixels")                                   \
  row(downsample, true, "a smaller image, whenever the model encodes: for upscaling")
// clang-format on

// clang-format off
// A line a kind of network; its file defines configure_NAME_encoder and configure_NAME_decoder. What
// the encoder is, what the decoder is.
#define NETWORKS(row)                                         \
  row(conv, "strided convolutions, then dense layers",        \
      "a dense layer, then strided transposed convolutions")  \
  row(dense, "fully connected layers on the flattened image", \
      "fully connected layers to the flattened image")
// clang-format on

#define DECLARE(name, ...) CorruptionMaker configure_##name##_corruption(Section&, bool table);
CORRUPTIONS(DECLARE)
#undef DECLARE
#define DECLARE(name, ...)                           \
  EncoderMaker configure_##name##_encoder(Section&); \
  DecoderMaker configure_##name##_decoder(Section&, std::optional<Section> encoder);
NETWORKS(DECLARE)
#undef DECLARE

const Registry<CorruptionRow>& corruptions() {
#define ROW(name, always, summary) {#name, summary, always, configure_##name##_corruption},
  static const Registry<CorruptionRow> registry("corruption", {CORRUPTIONS(ROW)});
#undef ROW
  return registry;
}

const Registry<EncoderRow>& encoders() {
#define ROW(name, encoder, decoder) {#name, encoder, configure_##name##_encoder},
  static const Registry<EncoderRow> registry("encoder", {NETWORKS(ROW)});
#undef ROW
  return registry;
}

const Registry<DecoderRow>& decoders() {
#define ROW(name, encoder, decoder) {#name, decoder, configure_##name##_decoder},
  static const Registry<DecoderRow> registry("decoder", {NETWORKS(ROW)});
#undef ROW
  return registry;
}

}  // namespace latent
