#include "model/autoencoder.h"

#include "core/random.h"

namespace latent {

Autoencoder::Autoencoder(ImageShape input, ImageShape output, int64_t latent_dim,
                         EncoderNetwork encoder, std::shared_ptr<Bottleneck> bottleneck,
                         std::shared_ptr<Network> decoder)
    : input_(input), output_(output), latent_dim_(latent_dim) {
  encoder_ = register_module("encoder", std::move(encoder.layers));
  bottleneck_ = register_module("bottleneck", std::move(bottleneck));
  decoder_ = register_module("decoder", std::move(decoder));
}

Latent Autoencoder::encode(const Tensor& images, std::optional<at::Generator> generator) {
  expect_shape(images, {-1, input_.channels, input_.height, input_.width}, "images to encode");
  return bottleneck_->forward(encoder_->forward(images), std::move(generator));
}

Tensor Autoencoder::decode(const Tensor& z) {
  expect_shape(z, {-1, latent_dim_}, "latents to decode");
  return decoder_->forward(z);
}

Output Autoencoder::forward(const Tensor& images, std::optional<at::Generator> generator) {
  Latent latent = encode(images, std::move(generator));
  Tensor decoded = decode(latent.z);
  return {.decoded = std::move(decoded), .latent = std::move(latent)};
}

void Autoencoder::use_kernels(bool use) {
  encoder_->use_kernels(use);
  decoder_->use_kernels(use);
}

void Autoencoder::initialize(Initialization kind, at::Generator& generator) {
  encoder_->initialize(kind, generator);
  bottleneck_->initialize(kind, generator);
  decoder_->initialize(kind, generator);
}

ModelSpec Autoencoder::spec() const {
  return {.input = input_,
          .encoder = encoder_->specs(),
          .bottleneck = bottleneck_->spec(),
          .latent_dim = latent_dim_,
          .decoder = decoder_->specs()};
}

std::shared_ptr<Autoencoder> ModelPlan::make(const ImageShape& input, const ImageShape& output,
                                             uint64_t seed) const {
  EncoderNetwork encoding = encoder(input);
  auto coding = bottleneck(encoding.features, latent_dim);
  auto model = std::make_shared<Autoencoder>(input, output, latent_dim, std::move(encoding),
                                             std::move(coding), decoder(latent_dim, output));
  auto weights = generator(seed, Stream::kWeights);
  model->initialize(initialization, weights);
  return model;
}

ModelPlan configure_model(Section section) {
  ModelPlan plan;
  section.read("latent_dim", plan.latent_dim, between(1, 65536),
               "number of latents: the size of the code");
  Component encoder = section.component("encoder", "conv", encoders().names(),
                                        "the network from images to features");
  const EncoderRow& encoding = encoders().find(encoder.name, "model.encoder");
  plan.encoder = encoding.configure(encoder.section);
  Component bottleneck = section.component("bottleneck", "gaussian", bottlenecks().names(),
                                           "how features become latents");
  const BottleneckRow& row = bottlenecks().find(bottleneck.name, "model.bottleneck");
  plan.probabilistic = row.probabilistic;
  plan.bottleneck = row.configure(bottleneck.section);
  Component decoder = section.component(
      "decoder", encoding.decoder, decoders().names(),
      "the network from latents to images; by default the encoder's mirror image");
  const auto twin = decoder.name == encoder.name ? std::optional(encoder.section) : std::nullopt;
  plan.decoder = decoders().find(decoder.name, "model.decoder").configure(decoder.section, twin);
  std::string initialization = "torch";
  section.read(
      "initialization", initialization, OneOf{{"torch", "keras"}},
      "initial weights: PyTorch's (Kaiming uniform) or Keras's (Glorot uniform, zero biases)");
  plan.initialization = initialization == "keras" ? Initialization::kKeras : Initialization::kTorch;
  return plan;
}

}  // namespace latent
