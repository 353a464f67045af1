// Vector quantization: each place of the encoder's map is replaced by the nearest of K vectors.
// Source: van den Oord et al. 2017, arXiv:1711.00937; running means of the codes as in its appendix
// A.1.
#include <ATen/ATen.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/together.h"
#include "model/bottleneck.h"
#include "model/codebook.h"

namespace latent {
namespace {

constexpr double kSmoothing = 1e-5;  // added to each code's count before a division
constexpr double kLeastNorm = 1e-6;  // of a vector that a rotation turns

struct QuantizerOptions {
  int64_t codes = 512;
  std::string update = "ema", estimator = "straight_through";
  double decay = 0.99, commitment = 0.25, revive = 0.03;
};

class VectorQuantizer : public Bottleneck, public Codebook {
 public:
  VectorQuantizer(const std::vector<int64_t>& features, int64_t depth, QuantizerOptions options)
      : options_(std::move(options)),
        shape_{depth, features.at(1), features.at(2)},
        prior_(*this),
        to_vectors_(register_module("vectors", make_conv(features.at(0), depth, 1, 1))) {
    const Tensor zero = at::zeros({options_.codes, depth});
    codes_ = learned() ? register_parameter("codes", zero) : register_buffer("codes", zero);
    counts_ = register_buffer("counts", at::zeros({options_.codes}));
    if (!learned()) sums_ = register_buffer("sums", at::zeros({options_.codes, depth}));
  }

  Latent forward(const Tensor& features, const std::optional<Noise>& noise) override {
    const Tensor made = to_vectors_->forward(features);
    const Tensor vectors =
        made.scalar_type() == at::kDouble ? made : made.to(at::kFloat);  // [B, D, h, w]
    const c10::impl::ExcludeDispatchKeyGuard single(c10::autocast_dispatch_keyset);
    const Tensor rows = rows_of_places(vectors);  // [M, D]
    const Tensor fixed = rows.detach();
    if (is_training() && noise) revive_unused(fixed, *noise, vectors.size(0));
    const Tensor chosen = nearest(fixed);  // [M]
    const Tensor codes = map_of_rows(codes_.index_select(0, chosen), vectors);
    const Tensor held = codes.detach();
    if (is_training()) count(fixed, chosen);
    const Tensor z = at::GradMode::is_enabled() ? passed_on(vectors, held) : held;
    const auto distance = [](const Tensor& a, const Tensor& b) {
      return at::square(a - b).flatten(1).sum(1).mean();
    };
    Latent latent{.z = z, .code = z};
    latent.losses.push_back({"commitment", options_.commitment * distance(vectors, held)});
    if (learned()) latent.losses.push_back({"codebook", distance(vectors.detach(), codes)});
    return latent;
  }

  LatentShape shape() const override { return shape_; }
  const Prior* prior() const override { return &prior_; }
  const Codebook* codebook() const override { return this; }
  bool draws_in_training() const override { return true; }
  std::vector<std::string> loss_names() const override {
    return learned() ? std::vector<std::string>{"commitment", "codebook"}
                     : std::vector<std::string>{"commitment"};
  }

  // In training the codes start as the first batch's vectors: all are unused before it.
  void initialize(Initialization kind, at::Generator& generator) override {
    const torch::NoGradGuard no_grad;
    to_vectors_->initialize(kind, generator);
    codes_.normal_(0, 1, generator);
  }

  LayerSpec spec() const override {
    LayerSpec spec;
    spec.kind = "vq_code";
    spec.integers["codes"] = options_.codes;
    spec.parts.push_back({"vectors", to_vectors_->spec()});
    (learned() ? spec.weights : spec.statistics).emplace_back("codes", codes_);
    spec.statistics.emplace_back("counts", counts_);
    if (!learned()) spec.statistics.emplace_back("sums", sums_);
    return spec;
  }

  int64_t size() const override { return options_.codes; }
  int64_t places() const override { return shape_[1] * shape_[2]; }
  int64_t width() const override { return shape_[2]; }

  Tensor indices(const Tensor& z) const override {
    const Tensor map = z.view({-1, shape_[0], shape_[1], shape_[2]});
    return nearest(rows_of_places(map).to(codes_.device(), codes_.scalar_type()))
        .view({-1, places()})
        .to(z.device());
  }

  Tensor latents(const Tensor& indices) const override {
    const Tensor rows = codes_.detach().index_select(0, indices.reshape(-1).to(codes_.device()));
    const Tensor map = rows.view({indices.size(0), shape_[1], shape_[2], shape_[0]});
    return map.permute({0, 3, 1, 2}).flatten(1).to(indices.device());
  }

 private:
  bool learned() const { return options_.update == "gradient"; }

  // `held` as a function of the vectors, whose gradient is the decoder's: passed on as if nothing
  // had been replaced, or through the rotation and scaling that turn each vector into its code
  // (Fifty et al. 2024, arXiv:2410.06424).
  Tensor passed_on(const Tensor& vectors, const Tensor& held) const {
    if (options_.estimator == "straight_through") return vectors + (held - vectors).detach();
    const auto unit = [](const Tensor& x) {
      return x / x.norm(2, {1}, true).clamp_min(kLeastNorm);
    };
    const auto along = [&](const Tensor& axis) { return (vectors * axis).sum(1, true); };
    const Tensor fixed = vectors.detach(), from = unit(fixed), to = unit(held);
    const Tensor between = unit(from + to);
    const Tensor scale = held.norm(2, {1}, true) / fixed.norm(2, {1}, true).clamp_min(kLeastNorm);
    return scale * (vectors - 2 * along(between) * between + 2 * along(from) * to);
  }

  // The index of the nearest code of each row: [M].
  Tensor nearest(const Tensor& rows) const {
    const Tensor codes = codes_.detach();
    return at::addmm(at::square(codes).sum(1), rows, codes.t(), 1, -2).argmin(1);
  }

  // Moves codes that hardly any vector is nearest to onto vectors of this batch, drawn without
  // repetition; without revival only all of them at the first step.
  void revive_unused(const Tensor& rows, const Noise& noise, int64_t images) {
    const torch::NoGradGuard no_grad;
    const Together* together = Together::now();  // the batch is that of all processes
    const int64_t all = together == nullptr ? images : together->total();
    const int64_t each = rows.size(0) / images;
    const double usual = static_cast<double>(all * each) / static_cast<double>(options_.codes);
    const Tensor few = options_.revive > 0 ? counts_.lt(options_.revive * usual)
                                           : counts_.sum().eq(0).expand_as(counts_);
    // The processes have the same counts, so all of them or none save the exchange.
    if (together != nullptr && few.is_cpu() && !few.any().item<bool>()) return;
    const Noise of_all = together == nullptr ? noise : noise.from(together->place());
    const Tensor order = of_all.uniform({all, each}, rows.options()).flatten().argsort();
    const Tensor turn = at::arange(options_.codes, order.options()).remainder(all * each);
    const Tensor drawn = rows_at(rows, order.index_select(0, turn));
    const Tensor unused = few.logical_and(drawn.isfinite().all(1));
    // It has to be used at once, or the next step moves it again.
    const double count = options_.revive > 0 ? options_.revive * usual : usual;
    codes_.copy_(at::where(unused.unsqueeze(1), drawn, codes_));
    if (!learned()) sums_.copy_(at::where(unused.unsqueeze(1), drawn * count, sums_));
    counts_.copy_(at::where(unused, at::full_like(counts_, count), counts_));
  }

  // Takes the batch into the running counts and, unless the codes are trained, their means.
  void count(const Tensor& rows, const Tensor& chosen) {
    const torch::NoGradGuard no_grad;
    const Tensor one = chosen.unsqueeze(1)
                           .eq(at::arange(options_.codes, chosen.options()))
                           .to(rows.scalar_type());  // [M, K]
    const double share = 1 - options_.decay;
    const Tensor counted = one.sum(0);
    sum_of_all(counted);
    counts_.mul_(options_.decay).add_(counted, share);
    if (learned()) return;
    const Tensor added = at::mm(one.t(), rows);
    sum_of_all(added);
    sums_.mul_(options_.decay).add_(added, share);
    const Tensor all = counts_.sum();
    const auto codes = static_cast<double>(options_.codes);
    const Tensor smooth = (counts_ + kSmoothing) / (all + codes * kSmoothing) * all;
    codes_.copy_(sums_ / smooth.unsqueeze(1).clamp_min(1e-12));
  }

  QuantizerOptions options_;
  LatentShape shape_;
  UniformCodes prior_;
  std::shared_ptr<Layer> to_vectors_;
  Tensor codes_, counts_, sums_;  // [K, D], [K], [K, D]
};

}  // namespace

BottleneckPlan configure_vq_bottleneck(Section& section) {
  QuantizerOptions options;
  section.read("codes", options.codes, between(2, 65536), "number of codes");
  section.read("update", options.update, OneOf{{"ema", "gradient"}},
               "how codes follow the vectors: running means, or gradients");
  section.read("estimator", options.estimator, OneOf{{"straight_through", "rotation"}},
               "how the decoder's gradient reaches the vectors: unchanged, or through the rotation "
               "and scaling from each vector to its code");
  section.read("decay", options.decay, from_below(0, 1),
               "share of the running counts and means that a step keeps");
  section.read("commitment", options.commitment, at_least(0),
               "weight of the squared distance of the vectors from their codes");
  section.read("revive", options.revive, between(0, 1),
               "codes used by less than this share of the average are moved onto vectors of the "
               "batch; 0: never");
  return {.make =
              [options](const std::vector<int64_t>& features, int64_t depth) {
                return std::make_shared<VectorQuantizer>(features, depth, options);
              },
          .features = FeatureKind::kMap};
}

}  // namespace latent
