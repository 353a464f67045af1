#include "model/bottleneck.h"

#include <ATen/ATen.h>

#include <c10/util/accumulate.h>

#include "model/activation.h"

namespace latent {
namespace {

// Widens half precision: latents, their noise and their KL are always in single precision.
Tensor widened(const Tensor& x) {
  return x.scalar_type() == at::kBFloat16 || x.scalar_type() == at::kHalf ? x.to(at::kFloat) : x;
}

// Returns the sizes of latents: {Z} of features {F}, {Z, h, w} of a map.
LatentShape latents_of(const std::vector<int64_t>& features, int64_t latents) {
  LatentShape shape = features;
  shape.at(0) = latents;
  return shape;
}

// Makes the layer from features to latents: a dense one, or one for each pixel of a map.
std::shared_ptr<Layer> code_layer(const std::vector<int64_t>& features, int64_t latents) {
  return features.size() == 1 ? make_dense(features[0], latents)
                              : make_conv(features[0], latents, 1, 1);
}

// The bottleneck of a plain autoencoder: one code per image.
class Point : public Bottleneck {
 public:
  Point(const std::vector<int64_t>& features, int64_t latents, std::string activation)
      : shape_(latents_of(features, latents)), activation_(std::move(activation)) {
    code_ = register_module("code", code_layer(features, latents));
  }
  Latent forward(const Tensor& features, const std::optional<Noise>&) override {
    const Tensor z = activate(activation_, widened(code_->forward(features)));  // [B, Z]
    return {.z = z, .code = z};
  }
  LatentShape shape() const override { return shape_; }
  bool unit_interval() const override { return activation_ == "sigmoid"; }
  Tensor nearest_valid(const Tensor& z) const override {
    if (unit_interval()) return z.clamp(0, 1);
    return activation_ == "relu" ? z.clamp_min(0) : z;
  }
  void initialize(Initialization kind, at::Generator& generator) override {
    code_->initialize(kind, generator);
  }
  LayerSpec spec() const override {
    LayerSpec spec;
    spec.kind = "point_code";
    spec.parts.push_back({"code", code_->spec()});
    if (activation_ != "none") spec.parts.push_back({"activation", activation_spec(activation_)});
    return spec;
  }

 private:
  LatentShape shape_;
  std::string activation_;
  std::shared_ptr<Layer> code_;
};

// Kingma and Welling 2014, arXiv:1312.6114: q(z|x) = N(mean, exp(logvar)), z = mean + exp(logvar /
// 2) * noise.
class Gaussian : public Bottleneck {
 public:
  Gaussian(const std::vector<int64_t>& features, int64_t latents)
      : shape_(latents_of(features, latents)), prior_(c10::multiply_integers(shape_)) {
    mean_ = register_module("mean", code_layer(features, latents));
    logvar_ = register_module("logvar", code_layer(features, latents));
  }
  Latent forward(const Tensor& features, const std::optional<Noise>& noise) override {
    const Tensor mean = widened(mean_->forward(features));  // [B, Z]
    const Tensor logvar = widened(logvar_->forward(features));
    Latent latent{.z = mean, .code = mean, .posterior = Posterior{mean, logvar}};
    if (noise) {
      latent.z =
          at::addcmul(mean, noise->normal(mean.sizes(), mean.options()), (0.5 * logvar).exp());
    }
    return latent;
  }
  LatentShape shape() const override { return shape_; }
  bool has_posterior() const override { return true; }
  const Prior* prior() const override { return &prior_; }
  void initialize(Initialization kind, at::Generator& generator) override {
    mean_->initialize(kind, generator);
    logvar_->initialize(kind, generator);
  }
  LayerSpec spec() const override {
    LayerSpec spec;
    spec.kind = "gaussian_code";
    spec.parts = {{"mean", mean_->spec()}, {"logvar", logvar_->spec()}};
    return spec;
  }

 private:
  LatentShape shape_;
  StandardNormal prior_;
  std::shared_ptr<Layer> mean_, logvar_;
};

}  // namespace

Tensor gaussian_kl(const Tensor& mean, const Tensor& logvar) {
  return 0.5 * (at::square(mean) + at::exp(logvar) - 1.0 - logvar);
}

BottleneckPlan configure_point_bottleneck(Section& section) {
  std::string activation = "none";
  section.read("activation", activation, OneOf{{"none", "relu", "sigmoid"}},
               "activation of the code");
  return {.make =
              [activation](const std::vector<int64_t>& features, int64_t latents) {
                return std::make_shared<Point>(features, latents, activation);
              },
          .makes_maps = true};
}

BottleneckPlan configure_gaussian_bottleneck(Section&) {
  return {.make = [](const std::vector<int64_t>& features,
                     int64_t latents) { return std::make_shared<Gaussian>(features, latents); },
          .has_posterior = true,
          .makes_maps = true};
}

}  // namespace latent
