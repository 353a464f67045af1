// Finite scalar quantization: each latent is rounded to one of a few levels, so that the codes are
// all their combinations. Source: Mentzer et al. 2023, arXiv:2309.15505.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <functional>
#include <numeric>

#include "core/error.h"
#include "model/bottleneck.h"
#include "model/codebook.h"

namespace latent {
namespace {

constexpr double kMargin = 1e-3;  // of the outermost levels, so that rounding reaches them

class FiniteScalars : public Bottleneck, public Codebook {
 public:
  FiniteScalars(const std::vector<int64_t>& features, const std::vector<int64_t>& levels)
      : levels_(levels),
        shape_{static_cast<int64_t>(levels.size()), features.at(1), features.at(2)},
        prior_(*this),
        to_values_(register_module("values", make_conv(features.at(0), shape_[0], 1, 1))) {}

  Latent forward(const Tensor& features, const std::optional<Noise>&) override {
    const Tensor values = bounded(to_values_->forward(features).to(at::kFloat));
    const Tensor rounded = at::round(values);
    const Tensor z = (values + (rounded - values).detach()) / halves(values);
    return {.z = z, .code = z};
  }

  LatentShape shape() const override { return shape_; }
  const Prior* prior() const override { return &prior_; }
  const Codebook* codebook() const override { return this; }
  void initialize(Initialization kind, at::Generator& generator) override {
    to_values_->initialize(kind, generator);
  }
  LayerSpec spec() const override {
    LayerSpec spec;
    spec.kind = "fsq_code";
    spec.lists["levels"] = levels_;
    spec.parts.push_back({"values", to_values_->spec()});
    return spec;
  }

  int64_t size() const override {
    return std::accumulate(levels_.begin(), levels_.end(), int64_t{1}, std::multiplies<>());
  }
  int64_t places() const override { return shape_[1] * shape_[2]; }

  // The first level counts in ones, the second in steps of the first's number, ...
  Tensor indices(const Tensor& z) const override {
    const Tensor map = z.view({-1, shape_[0], shape_[1], shape_[2]});
    Tensor digits = at::round(map * halves(map)) + halves(map);
    digits = at::minimum(digits.clamp_min(0),
                         each(map, [](int64_t levels) { return static_cast<double>(levels - 1); }));
    return (digits.to(at::kLong) * steps(map.device())).sum(1).flatten(1);
  }

  Tensor latents(const Tensor& indices) const override {
    const Tensor map = indices.view({-1, 1, shape_[1], shape_[2]});
    const Tensor counts = at::tensor(levels_, at::kLong).to(indices.device()).view({1, -1, 1, 1});
    const Tensor digits = map.div(steps(indices.device()), "floor").remainder(counts);
    const Tensor values = digits.to(at::kFloat);
    return ((values - halves(values)) / halves(values)).flatten(1);
  }

 private:
  // A number for each level, as [1, D, 1, 1].
  template <class Number>
  Tensor each(const Tensor& like, const Number& number) const {
    std::vector<double> all;
    for (const int64_t level : levels_)
      all.push_back(number(level));
    return at::tensor(all, at::kFloat).to(like.device()).view({1, -1, 1, 1});
  }

  // floor(L / 2): what a level is divided by, so that latents lie in [-1, 1].
  Tensor halves(const Tensor& like) const {
    return each(like, [](int64_t level) { return std::floor(static_cast<double>(level) / 2); });
  }

  Tensor steps(const c10::Device& device) const {
    std::vector<int64_t> all{1};
    for (size_t i = 0; i + 1 < levels_.size(); ++i)
      all.push_back(all.back() * levels_[i]);
    return at::tensor(all, at::kLong).to(device).view({1, -1, 1, 1});
  }

  // Squeezes values so that rounding them gives L levels, symmetric about 0 if L is odd.
  Tensor bounded(const Tensor& x) const {
    const auto half = [](int64_t level) {
      return static_cast<double>(level - 1) * (1 + kMargin) / 2;
    };
    const auto offset = [](int64_t level) { return level % 2 == 0 ? 0.5 : 0.0; };
    const Tensor shift =
        each(x, [&](int64_t level) { return std::atanh(offset(level) / half(level)); });
    return at::tanh(x + shift) * each(x, half) - each(x, offset);
  }

  std::vector<int64_t> levels_;
  LatentShape shape_;
  UniformCodes prior_;
  std::shared_ptr<Layer> to_values_;
};

}  // namespace

BottleneckPlan configure_fsq_bottleneck(Section& section) {
  std::vector<int64_t> levels{8, 5, 5, 5};
  section.read("levels", levels, between(2, 256),
               "number of levels of each latent; their product is the number of codes");
  const double codes = std::accumulate(
      levels.begin(), levels.end(), 1.0,
      [](double product, int64_t level) { return product * static_cast<double>(level); });
  if (levels.empty() || codes > 65536) {
    throw Error(fmt::format("{}: {} codes; expected levels whose product is from 2 to 65536",
                            section.where("levels"), levels.empty() ? 0 : codes));
  }
  return {.make =
              [levels, where = section.where("levels")](const std::vector<int64_t>& features,
                                                        int64_t depth) {
                if (depth != static_cast<int64_t>(levels.size())) {
                  throw Error(
                      fmt::format("{}: {} levels for latents of {}; expected model.latent_dim {}",
                                  where, levels.size(), depth, levels.size()));
                }
                return std::make_shared<FiniteScalars>(features, levels);
              },
          .features = FeatureKind::kMap};
}

}  // namespace latent
