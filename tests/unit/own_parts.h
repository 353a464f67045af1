// Small members of the tool's families that exist only in the tests: they use what an interface
// offers and no member in the tool uses yet.
#pragma once

#include <ATen/ATen.h>
#include <c10/util/accumulate.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/random.h"
#include "model/bottleneck.h"
#include "model/layer_kinds.h"
#include "objective/adversary.h"

namespace latent {

/// A row that a table has as long as this lives.
template <class Row>
class OwnRow {
 public:
  OwnRow(const Registry<Row>& registry, Row row)
      : rows_(const_cast<std::vector<Row>&>(registry.rows())) {
    rows_.push_back(std::move(row));
  }
  ~OwnRow() { rows_.pop_back(); }
  OwnRow(const OwnRow&) = delete;
  OwnRow& operator=(const OwnRow&) = delete;

 private:
  std::vector<Row>& rows_;
};

/// Tells latents from normal ones by a linear function of them; counts its losses in a buffer.
class Teller : public torch::nn::Module, public Adversary {
 public:
  Teller(int64_t latents, uint64_t seed) {
    auto noise = generator(seed, Stream::kWeights, 1);
    weight_ = register_parameter("weight", at::empty({1, latents}).uniform_(-1, 1, noise));
    bias_ = register_parameter("bias", at::zeros({1}));
    seen_ = register_buffer("seen", at::zeros({1}));
  }
  torch::nn::Module& module() override { return *this; }
  const AdversaryOptions& options() const override { return options_; }
  Tensor loss(const PenaltyInput& input) override {
    seen_.add_(1);
    const Tensor z = input.output.latent.z.flatten(1);
    const Tensor normal = input.noise->normal(z.sizes(), z.options());
    return (at::softplus(logits(z)) + at::softplus(-logits(normal))).mean();
  }
  Tensor logits(const Tensor& z) const { return at::linear(z, weight_, bias_); }

 private:
  AdversaryOptions options_{.learning_rate = 0.01};
  Tensor weight_, bias_, seen_;
};

/// Three terms, a key, a schedule, noise, a parameter of its own and an adversary: the size of z,
/// the square of its mean under noise, and what the adversary makes of z.
class ThreeTerms : public Penalty {
 public:
  ThreeTerms(double weight, const PenaltyContext& context)
      : full_weight_(weight),
        teller_(std::make_shared<Teller>(c10::multiply_integers(context.bottleneck.shape()),
                                         context.seed)),
        images_(static_cast<double>(context.training_images)) {
    scale_ = register_parameter("scale", at::ones({}));
  }
  PenaltyValue operator()(const PenaltyInput& input) const override {
    const Tensor z = input.output.latent.z.flatten(1);
    const Tensor size = at::square(z).sum(1).mean() * at::square(scale_);
    const Tensor shift =
        at::square((z + input.noise->normal(z.sizes(), z.options(), 0, 0.1)).mean(0)).sum();
    const Tensor told = teller_->logits(z).mean();
    return {.terms = {size, shift, told}, .added = weight_ * size + 0.1 * shift - told / images_};
  }
  void schedule(double epoch) override { weight_.fill_(full_weight_ * std::min(1.0, epoch / 2)); }
  bool is_noisy() const override { return true; }
  Adversary* adversary() override { return teller_.get(); }

 private:
  double full_weight_;
  std::shared_ptr<Teller> teller_;
  double images_;
  Tensor scale_, weight_ = at::zeros({});
};

inline PenaltyRow three_terms() {
  return {.name = "three",
          .summary = "three terms and an adversary",
          .configure = [](Section& section) -> PenaltyPlan {
            double weight = 1;
            section.read("weight", weight, at_least(0.0), "weight of the size of z");
            return {.terms = {"size", "shift", "told"},
                    .remedies = {section.path() + ".weight"},
                    .make = [weight](const PenaltyContext& context) {
                      return std::make_shared<ThreeTerms>(weight, context);
                    }};
          }};
}

/// Draws each value from the levels -1, -1/2, 0, 1/2, 1, all alike.
class UniformLevels : public Prior {
 public:
  explicit UniformLevels(int64_t latents) : latents_(latents) {}
  Tensor sample(int64_t count, double temperature, at::Generator& noise) const override {
    return (at::randint(5, {count, latents_}, noise, at::kFloat) - 2) / 2 * temperature;
  }

 private:
  int64_t latents_;
};

/// A map of values rounded to five levels, as in finite scalar quantization (Mentzer et al. 2023,
/// arXiv:2309.15505), with a commitment loss and a buffer that follows the values' mean.
class Levels : public Bottleneck {
 public:
  Levels(const std::vector<int64_t>& features, int64_t depth)
      : shape_{depth, features.at(1), features.at(2)},
        prior_(c10::multiply_integers(shape_)),
        to_values_(register_module("values", make_conv(features.at(0), depth, 1, 1))) {
    mean_ = register_buffer("mean", at::zeros({depth}));
  }
  Latent forward(const Tensor& features, const std::optional<Noise>&) override {
    const Tensor values = at::tanh(to_values_->forward(features));  // [B, D, h, w]
    const Tensor code = values + (nearest_valid(values) - values).detach();
    if (is_training()) mean_.lerp_(values.detach().mean(at::IntArrayRef{0, 2, 3}), 0.1);
    const Tensor commitment = at::square(values - code.detach()).flatten(1).sum(1).mean();
    return {.z = code, .code = code, .losses = {{"commitment", commitment}}};
  }
  LatentShape shape() const override { return shape_; }
  const Prior* prior() const override { return &prior_; }
  std::vector<std::string> loss_names() const override { return {"commitment"}; }
  Tensor nearest_valid(const Tensor& z) const override { return (z.clamp(-1, 1) * 2).round() / 2; }
  void initialize(Initialization kind, at::Generator& generator) override {
    to_values_->initialize(kind, generator);
  }
  LayerSpec spec() const override {
    LayerSpec spec;
    spec.kind = "levels_code";
    spec.parts.push_back({"values", to_values_->spec()});
    spec.statistics.emplace_back("mean", mean_);
    return spec;
  }

 private:
  LatentShape shape_;
  UniformLevels prior_;
  std::shared_ptr<Layer> to_values_;
  Tensor mean_;
};

/// Whether a bottleneck takes feature maps, which not every encoder makes.
inline bool takes_maps(const std::string& bottleneck) {
  Config config = Config::parse("{}", "test.json");
  Section section = config.root();
  return bottlenecks().find(bottleneck, "test").configure(section).features == FeatureKind::kMap;
}

inline LayerKind levels_code() {
  return {.name = "levels_code",
          .summary = "a bottleneck: its part values, tanh, and the nearest of five levels",
          .description = [](const LayerSpec&) { return std::string("levels"); },
          .output_shape =
              [](const LayerSpec& spec, const std::vector<int64_t>& input) {
                return output_shape(spec.parts[0].spec, input);
              },
          .multiply_adds =
              [](const LayerSpec& spec, const std::vector<int64_t>& input) {
                return multiply_adds(spec.parts[0].spec, input);
              }};
}

inline BottleneckRow levels() {
  return {.name = "levels",
          .summary = "a map of values rounded to five levels",
          .configure = [](Section&) -> BottleneckPlan {
            return {.make = [](const std::vector<int64_t>& features,
                               int64_t depth) { return std::make_shared<Levels>(features, depth); },
                    .features = FeatureKind::kMap};
          }};
}

}  // namespace latent
