// Finite scalar quantization: each latent is rounded to one of a few levels, so that the codes are
// all their combinations. Source: Mentzer et al. 2023, arXiv:2309.15505.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "model/bottleneck.h"
#include "model/codebook.h"

namespace latent {
namespace {

constexpr double kMargin = 1e-3;  // of the outermost levels, so that rounding reaches them

// What the levels L of each latent make of it, as [1, D, 1, 1] on one device.
struct LevelNumbers {
  Tensor half;    // (L - 1) (1 + margin) / 2
  Tensor offset;  // 1/2 for an even L, so that L whole numbers are reached
  Tensor shift;   // moves 0 to 0 in spite of the offset
  Tensor step;    // floor(L / 2), which latents are divided by: they lie in [-1, 1]
  Tensor most;    // L - 1
  Tensor factor;  // int64: of the latent's level in an index
  Tensor count;   // int64: L

  LevelNumbers(const std::vector<int64_t>& levels, const c10::Device& device) {
    std::vector<double> halves, offsets, shifts;
    std::vector<int64_t> factors{1};
    for (const int64_t level : levels) {
      halves.push_back(static_cast<double>(level - 1) * (1 + kMargin) / 2);
      offsets.push_back(level % 2 == 0 ? 0.5 : 0.0);
      shifts.push_back(std::atanh(offsets.back() / halves.back()));
      factors.push_back(factors.back() * level);
    }
    factors.pop_back();
    const auto each = [&](const Tensor& numbers) { return numbers.to(device).view({1, -1, 1, 1}); };
    half = each(at::tensor(halves, at::kFloat));
    offset = each(at::tensor(offsets, at::kFloat));
    shift = each(at::tensor(shifts, at::kFloat));
    count = each(at::tensor(levels, at::kLong));
    step = count.div(2, "floor").to(at::kFloat);
    most = (count - 1).to(at::kFloat);
    factor = each(at::tensor(factors, at::kLong));
  }
};

class FiniteScalars : public Bottleneck, public Codebook {
 public:
  FiniteScalars(const std::vector<int64_t>& features, const std::vector<int64_t>& levels)
      : levels_(levels),
        shape_{static_cast<int64_t>(levels.size()), features.at(1), features.at(2)},
        prior_(*this),
        to_values_(register_module("values", make_conv(features.at(0), shape_[0], 1, 1))) {}

  Latent forward(const Tensor& features, const std::optional<Noise>&) override {
    const Tensor made = to_values_->forward(features);
    const LevelNumbers& numbers = on(made.device());
    const Tensor x = made.scalar_type() == at::kDouble ? made : made.to(at::kFloat);
    // Squeezed so that rounding gives L levels, symmetric about 0 if L is odd.
    const Tensor values = at::tanh(x + numbers.shift) * numbers.half - numbers.offset;
    const Tensor rounded = at::round(values);
    // The decoder's gradient passes to the values as if nothing had been rounded.
    const Tensor kept = at::GradMode::is_enabled() ? values + (rounded - values).detach() : rounded;
    const Tensor z = kept / numbers.step;
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
  int64_t width() const override { return shape_[2]; }

  // The first level counts in ones, the second in steps of the first's number, ...
  Tensor indices(const Tensor& z) const override {
    const LevelNumbers& numbers = on(z.device());
    const Tensor map = z.view({-1, shape_[0], shape_[1], shape_[2]});
    const Tensor digits =
        at::minimum((at::round(map * numbers.step) + numbers.step).clamp_min(0), numbers.most);
    return (digits.to(at::kLong) * numbers.factor).sum(1).flatten(1);
  }

  Tensor latents(const Tensor& indices) const override {
    const LevelNumbers& numbers = on(indices.device());
    const Tensor map = indices.view({-1, 1, shape_[1], shape_[2]});
    const Tensor digits = map.div(numbers.factor, "floor").remainder(numbers.count);
    return ((digits.to(at::kFloat) - numbers.step) / numbers.step).flatten(1);
  }

 private:
  // Made once for a device: a recorded step must not copy them from the host.
  const LevelNumbers& on(const c10::Device& device) const {
    if (!numbers_ || numbers_->half.device() != device) numbers_.emplace(levels_, device);
    return *numbers_;
  }

  std::vector<int64_t> levels_;
  LatentShape shape_;
  UniformCodes prior_;
  std::shared_ptr<Layer> to_values_;
  mutable std::optional<LevelNumbers> numbers_;
};

// Throws Error if their combinations are too many.
void check_levels(const std::vector<int64_t>& levels, const std::string& where) {
  const double codes = std::accumulate(
      levels.begin(), levels.end(), 1.0,
      [](double product, int64_t level) { return product * static_cast<double>(level); });
  if (codes > 65536)
    throw Error(fmt::format("{}: {} codes; expected levels whose product is from 2 to 65536", where,
                            codes));
}

}  // namespace

BottleneckPlan configure_fsq_bottleneck(Section& section) {
  std::vector<int64_t> levels;
  section.read("levels", levels, between(2, 256),
               "number of levels of each latent; their product is the number of codes; []: 8 for "
               "the first latent, 5 for each other");
  check_levels(levels, section.where("levels"));
  return {.make =
              [levels, where = section.where("levels")](const std::vector<int64_t>& features,
                                                        int64_t depth) {
                std::vector<int64_t> each = levels;
                if (each.empty()) {
                  each.assign(static_cast<size_t>(depth), 5);
                  each.front() = 8;
                  check_levels(each, where);
                }
                if (depth != static_cast<int64_t>(each.size())) {
                  throw Error(
                      fmt::format("{}: {} levels for latents of {}; expected model.latent_dim {}",
                                  where, levels.size(), depth, levels.size()));
                }
                return std::make_shared<FiniteScalars>(features, each);
              },
          .features = FeatureKind::kMap};
}

}  // namespace latent
