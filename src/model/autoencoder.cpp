#include "model/autoencoder.h"

#include <ATen/ATen.h>
#include <c10/util/accumulate.h>
#include <spdlog/fmt/fmt.h>

#include "core/error.h"
#include "core/random.h"
#include "core/text/split.h"

namespace latent {

Output detached(const Output& output) {
  Output result = output;
  Latent& latent = result.latent;
  result.decoded = output.decoded.detach();
  latent.z = latent.z.detach();
  latent.code = latent.code.detach();
  if (latent.posterior)
    latent.posterior =
        Posterior{latent.posterior->mean.detach(), latent.posterior->logvar.detach()};
  for (auto& loss : latent.losses)
    loss.value = loss.value.detach();
  return result;
}

Autoencoder::Autoencoder(ImageShape input, ImageShape output, std::shared_ptr<Network> encoder,
                         std::shared_ptr<Bottleneck> bottleneck, std::shared_ptr<Network> decoder,
                         int64_t condition_size)
    : input_(input), output_(output), condition_size_(condition_size) {
  if (condition_size > 0) {
    condition_ = register_module("condition", std::make_shared<Network>());
    condition_->add("plane", make_dense(condition_size, input.height * input.width));
    condition_->add("reshape", make_unflatten(1, input.height, input.width));
  }
  encoder_ = register_module("encoder", std::move(encoder));
  bottleneck_ = register_module("bottleneck", std::move(bottleneck));
  decoder_ = register_module("decoder", std::move(decoder));
}

// Returns the condition as [B, K] or [1, K], of the type and device of `like`; zeros if nothing is
// known; an undefined tensor without K.
Tensor Autoencoder::condition_rows(const Tensor& condition, const Tensor& like) const {
  TORCH_CHECK(!condition.defined() || condition.size(-1) == condition_size_,
              "condition: got shape ", condition.sizes(), ", expected [-1, ", condition_size_, "]");
  if (condition_size_ == 0) return {};
  if (!condition.defined()) return at::zeros({1, condition_size_}, like.options());
  return condition.to(like.options());
}

// Returns images [B, C, H, W] with the condition's plane as one more channel.
Tensor Autoencoder::images_with_condition(const Tensor& images, const Tensor& condition) {
  const Tensor rows = condition_rows(condition, images);
  if (!rows.defined()) return images;
  const Tensor plane = condition_->forward(rows).to(images.options());
  return at::cat({images, plane.expand({images.size(0), -1, -1, -1})}, 1)
      .contiguous(at::MemoryFormat::ChannelsLast);
}

// Returns latents, [B, Z] or [B, D, h, w], with the condition as K further ones.
Tensor Autoencoder::latents_with_condition(const Tensor& z, const Tensor& condition) const {
  Tensor rows = condition_rows(condition, z);
  if (!rows.defined()) return z;
  std::vector<int64_t> sizes = z.sizes().vec();
  sizes[1] = condition_size_;
  while (rows.dim() < z.dim())
    rows = rows.unsqueeze(-1);
  return at::cat({z, rows.expand(sizes)}, 1);
}

namespace {

// Returns `samples` latents of each image: [K * B, ...].
Tensor several(const Posterior& posterior, int64_t samples, const Noise& noise) {
  std::vector<int64_t> sizes = posterior.mean.sizes().vec();
  sizes.insert(sizes.begin() + 1, samples);
  // Drawn image by image, so that a part of a batch gets its own numbers.
  const Tensor drawn = noise.normal(sizes, posterior.mean.options()).transpose(0, 1);
  return at::addcmul(posterior.mean, (0.5 * posterior.logvar).exp(), drawn).flatten(0, 1);
}

}  // namespace

Latent Autoencoder::encode(const Tensor& images, const Tensor& condition,
                           const std::optional<Noise>& noise, const std::optional<Noise>& dropout) {
  expect_shape(images, {-1, input_.channels, input_.height, input_.width}, "images to encode");
  Latent latent = bottleneck_->forward(
      encoder_->forward(images_with_condition(images, condition), dropout), noise);
  latent.condition = condition;
  return latent;
}

Tensor Autoencoder::decode(const Tensor& z, const Tensor& condition,
                           const std::optional<Noise>& dropout) {
  LatentShape shape = bottleneck_->shape();
  const bool rows = z.dim() == 2 && z.size(1) == c10::multiply_integers(shape);
  TORCH_CHECK(rows || z.sizes().slice(1) == c10::IntArrayRef(shape),
              "latents to decode: got shape ", z.sizes(), ", expected [-1, ", shape, "]");
  if (shape.size() == 1 || !rows)
    return decoder_->forward(latents_with_condition(z, condition), dropout);
  shape.insert(shape.begin(), -1);
  const Tensor map = latents_with_condition(z.view(shape), condition);
  return decoder_->forward(map.contiguous(at::MemoryFormat::ChannelsLast), dropout);
}

int64_t Autoencoder::latent_dim() const { return c10::multiply_integers(bottleneck_->shape()); }

Output Autoencoder::forward(const Tensor& images, const Tensor& condition,
                            const std::optional<Noise>& noise, const std::optional<Noise>& dropout,
                            int64_t samples) {
  if (samples == 1) {
    Latent latent = encode(images, condition, noise, dropout);
    Tensor decoded = decode(latent.z, condition, dropout);
    return {.decoded = std::move(decoded), .latent = std::move(latent)};
  }
  TORCH_CHECK(noise && bottleneck_->has_posterior(), "several latents need a posterior and noise");
  Latent latent = encode(images, condition, std::nullopt, dropout);
  latent.z = several(*latent.posterior, samples, *noise);
  const bool told = condition.defined() && condition.size(0) > 1;
  Tensor decoded = decode(latent.z, told ? condition.repeat({samples, 1}) : condition, dropout);
  return {.decoded = std::move(decoded), .latent = std::move(latent)};
}

void Autoencoder::use_kernels(bool use) {
  encoder_->use_kernels(use);
  decoder_->use_kernels(use);
}

void Autoencoder::narrow_weights(const WeightCopies& copy) {
  for (const auto& module : modules(/*include_self=*/false)) {
    if (auto* layer = dynamic_cast<Layer*>(module.get())) layer->narrow_weights(copy);
  }
}

void Autoencoder::initialize(Initialization kind, at::Generator& generator) {
  if (condition_) condition_->initialize(kind, generator);
  encoder_->initialize(kind, generator);
  bottleneck_->initialize(kind, generator);
  decoder_->initialize(kind, generator);
}

ModelSpec Autoencoder::spec() const {
  return {.input = input_,
          .encoder = encoder_->specs(),
          .bottleneck = bottleneck_->spec(),
          .latents = bottleneck_->shape(),
          .condition = condition_size_,
          .plane = condition_ ? condition_->specs() : std::vector<NamedSpec>{},
          .decoder = decoder_->specs()};
}

namespace {

// Throws Error if the encoder's map has another size than the latents.
void check_latent_shape(const ModelPlan& plan, const std::vector<int64_t>& features,
                        const ImageShape& input) {
  const LatentShape& asked = plan.latent_shape;
  if (asked.empty() || (asked[1] == features[1] && asked[2] == features[2])) return;
  throw Error(
      fmt::format("{}: got [{}]; the encoder makes a map of {}x{} of images of {}; expected "
                  "[{}, {}, {}], or another number of model.encoder.channels",
                  plan.latent_shape_where, fmt::join(asked, ", "), features[1], features[2],
                  input.text(), asked[0], features[1], features[2]));
}

// Reads the two keys that say how many latents there are.
void read_latents(Section& section, ModelPlan& plan) {
  section.read(
      "latent_shape", plan.latent_shape, between(1, 65536),
      "[depth, height, width] of latents that are a map, of the size of the encoder's last "
      "feature map; []: a row of latent_dim");
  plan.latent_shape_where = section.where("latent_shape");
  if (plan.latent_shape.empty()) {
    section.read("latent_dim", plan.latent_dim, between(1, 65536),
                 "number of latents: the size of the code");
    return;
  }
  if (plan.latent_shape.size() != 3)
    throw Error(plan.latent_shape_where + ": " + section.found("latent_shape") +
                "; expected [depth, height, width], such as [4, 8, 8], or []");
  const double values = static_cast<double>(plan.latent_shape[0]) *
                        static_cast<double>(plan.latent_shape[1]) *
                        static_cast<double>(plan.latent_shape[2]);
  if (values > 65536)
    throw Error(plan.latent_shape_where + ": " + section.found("latent_shape") +
                "; expected at most 65536 values in all");
  const int64_t all = plan.latent_dim = c10::multiply_integers(plan.latent_shape);
  section.read("latent_dim", plan.latent_dim, between(1, 65536),
               "number of latents: the size of the code");
  if (plan.latent_dim != all)
    throw Error(
        fmt::format("{}: got {}, but model.latent_shape has {} values; expected one of the "
                    "two keys",
                    section.where("latent_dim"), plan.latent_dim, all));
}

}  // namespace

std::shared_ptr<Autoencoder> ModelPlan::make(const ImageShape& input, const ImageShape& output,
                                             uint64_t seed, int64_t condition_size) const {
  const bool map = !latent_shape.empty();
  ImageShape encoded = input;
  if (condition_size > 0) ++encoded.channels;
  const EncoderNetwork encoding = encoder(encoded, map ? FeatureKind::kMap : bottleneck.features);
  check_latent_shape(*this, encoding.features, input);
  const auto coding = bottleneck.make(encoding.features, map ? latent_shape[0] : latent_dim);
  LatentShape latents = coding->shape();
  latents.front() += condition_size;
  auto model = std::make_shared<Autoencoder>(input, output, encoding.layers, coding,
                                             decoder(latents, output), condition_size);
  auto weights = generator(seed, Stream::kWeights);
  model->initialize(initialization, weights);
  return model;
}

ModelPlan configure_model(Section section) {
  ModelPlan plan;
  read_latents(section, plan);
  Component encoder = section.component("encoder", "conv", encoders().names(),
                                        "the network from images to features");
  const EncoderRow& encoding = encoders().find(encoder.name, "model.encoder");
  plan.encoder = encoding.configure(encoder.section);
  Component coding = section.component("bottleneck", "gaussian", bottlenecks().names(),
                                       "how features become latents");
  plan.bottleneck = bottlenecks().find(coding.name, "model.bottleneck").configure(coding.section);
  if (!plan.latent_shape.empty() && !plan.bottleneck.makes_maps &&
      plan.bottleneck.features != FeatureKind::kMap) {
    throw Error(plan.latent_shape_where + ": a " + coding.name +
                " bottleneck makes no map; expected [], or another model.bottleneck");
  }
  Component decoder = section.component(
      "decoder", encoding.decoder, decoders().names(),
      "the network from latents to images; by default the encoder's mirror image");
  const auto twin = decoder.name == encoder.name ? std::optional(encoder.section) : std::nullopt;
  plan.decoder = decoders().find(decoder.name, "model.decoder").configure(decoder.section, twin);
  std::string condition;
  section.read("condition", condition,
               "attributes given to encoder and decoder besides the image and its latents: "
               "\"label\", or several as \"Smiling,Male\"; \"\": none");
  if (!condition.empty()) plan.condition = split_at_commas(condition);
  section.read("condition_drop", plan.condition_drop, between(0, 0.99),
               "share of the training images whose condition is left out, so that the model also "
               "learns to do without");
  std::string initialization = "torch";
  section.read(
      "initialization", initialization, OneOf{{"torch", "keras"}},
      "initial weights: PyTorch's (Kaiming uniform) or Keras's (Glorot uniform, zero biases)");
  plan.initialization = initialization == "keras" ? Initialization::kKeras : Initialization::kTorch;
  return plan;
}

}  // namespace latent
