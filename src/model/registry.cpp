// The tables of encoders, bottlenecks, decoders and corruptions. To add one: write its file with a
// `configure_..` function, declare that function here, and add a row.
#include "model/registry.h"

#include "model/bottleneck.h"
#include "model/corruption.h"

namespace latent {

EncoderMaker configure_conv_encoder(Section& section);
EncoderMaker configure_dense_encoder(Section& section);
EncoderMaker configure_resnet_encoder(Section& section);

BottleneckPlan configure_point_bottleneck(Section& section);
BottleneckPlan configure_gaussian_bottleneck(Section& section);
BottleneckPlan configure_vq_bottleneck(Section& section);
BottleneckPlan configure_fsq_bottleneck(Section& section);

DecoderMaker configure_conv_decoder(Section& section, std::optional<Section> encoder);
DecoderMaker configure_dense_decoder(Section& section, std::optional<Section> encoder);
DecoderMaker configure_resnet_decoder(Section& section, std::optional<Section> encoder);

CorruptionMaker configure_gaussian_corruption(Section& section, bool table);
CorruptionMaker configure_masking_corruption(Section& section, bool table);
CorruptionMaker configure_salt_pepper_corruption(Section& section, bool table);
CorruptionMaker configure_downsample_corruption(Section& section, bool table);

const Registry<EncoderRow>& encoders() {
  static Registry<EncoderRow> registry(
      "encoder",
      {
          {"conv", "strided convolutions, then dense layers", configure_conv_encoder, "conv"},
          {"dense", "fully connected layers on the flattened image", configure_dense_encoder,
           "dense"},
          {"resnet", "stages of residual blocks, each at half the size", configure_resnet_encoder,
           "resnet"},
      });
  return registry;
}

const Registry<BottleneckRow>& bottlenecks() {
  static Registry<BottleneckRow> registry(
      "bottleneck",
      {
          {"point", "one code per image: a plain autoencoder", configure_point_bottleneck},
          {"gaussian", "a mean and a log-variance per latent, sampled: a variational autoencoder",
           configure_gaussian_bottleneck},
          {"vq", "a map of vectors, each the nearest of a learned codebook (VQ-VAE)",
           configure_vq_bottleneck},
          {"fsq", "a map of latents rounded to a few levels each, whose combinations are the codes",
           configure_fsq_bottleneck},
      });
  return registry;
}

const Registry<DecoderRow>& decoders() {
  static Registry<DecoderRow> registry(
      "decoder",
      {
          {"conv", "a dense layer, then strided transposed convolutions", configure_conv_decoder},
          {"dense", "fully connected layers to the flattened image", configure_dense_decoder},
          {"resnet", "stages of residual blocks, each at twice the size", configure_resnet_decoder},
      });
  return registry;
}

const Registry<CorruptionRow>& corruptions() {
  static Registry<CorruptionRow> registry(
      "corruption",
      {
          {"gaussian", "additive noise", false, configure_gaussian_corruption},
          {"masking", "missing pixels, or a missing block", false, configure_masking_corruption},
          {"salt_pepper", "white and black pixels", false, configure_salt_pepper_corruption},
          {"downsample", "shrinks every image before it is encoded, to train upscaling", true,
           configure_downsample_corruption},
      });
  return registry;
}

}  // namespace latent
