#include "model/registry.h"

#include "model/conv.h"
#include "model/corruption.h"
#include "model/dense.h"

namespace latent {

// Each stands in the file of its kind, in model/corruptions.
CorruptionMaker configure_downsample(Section&, bool table);
CorruptionMaker configure_gaussian_noise(Section&, bool table);
CorruptionMaker configure_masking(Section&, bool table);
CorruptionMaker configure_salt_pepper(Section&, bool table);

const Registry<CorruptionRow>& corruptions() {
  static const Registry<CorruptionRow> registry(
      "corruption", {
                        {"gaussian", "additive noise", false, configure_gaussian_noise},
                        {"masking", "missing pixels, or a missing block", false, configure_masking},
                        {"salt_pepper", "white and black pixels", false, configure_salt_pepper},
                        {"downsample", "a smaller image, whenever the model encodes: for upscaling",
                         true, configure_downsample},
                    });
  return registry;
}

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
