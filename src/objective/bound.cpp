#include "objective/bound.h"

#include <ATen/ATen.h>

#include <cmath>

namespace latent {
namespace {

struct ImportanceOptions {
  int64_t samples = 5;
  std::string gradient = "plain";
};

// log of the mean over K latents z ~ q of w = p(x|z) p(z) / q(z|x), with the prior N(0, 1). Source:
// Burda et al. 2016, arXiv:1509.00519. The doubly reparameterized gradient (dreg) has less noise in
// the encoder. Source: Tucker et al. 2019, arXiv:1810.04152.
class ImportanceBound : public Bound {
 public:
  explicit ImportanceBound(ImportanceOptions options) : options_(std::move(options)) {}

  int64_t samples() const override { return options_.samples; }

  Tensor negative(const Tensor& nll, const Latent& latent) const override {
    const bool dreg = options_.gradient == "dreg" && latent.z.requires_grad();
    const Tensor weight = log_weights(nll, latent, dreg);  // [K, B]
    const Tensor bound =
        (weight.logsumexp(0) - std::log(static_cast<double>(options_.samples))).mean();
    if (!dreg) return -bound;
    const Tensor share = weight.detach().softmax(0);
    const auto images = static_cast<double>(share.size(1));
    // The latents' gradient is multiplied by the share once more, on its way to the encoder.
    std::vector<int64_t> sizes(static_cast<size_t>(latent.z.dim()), 1);
    sizes[0] = -1;
    latent.z.register_hook(
        [of = share.reshape(sizes)](const Tensor& gradient) { return gradient * of; });
    const Tensor surrogate = (share * weight).sum() / images;
    return -(surrogate + (bound - surrogate).detach());
  }

 private:
  // fixed: the posterior gets no gradient from its own density.
  Tensor log_weights(const Tensor& nll, const Latent& latent, bool fixed) const {
    const auto& [mean, logvar] = *latent.posterior;
    const Tensor z = latent.z.reshape({options_.samples, -1, mean[0].numel()});  // [K, B, Z]
    const auto own = [&](const Tensor& x) { return (fixed ? x.detach() : x).flatten(1); };
    // The constants of both densities cancel.
    const Tensor posterior =
        -0.5 * (at::square(z - own(mean)) * at::exp(-own(logvar)) + own(logvar)).sum(2);
    const Tensor prior = -0.5 * at::square(z).sum(2);
    return prior - posterior - nll.view({options_.samples, -1});
  }

  ImportanceOptions options_;
};

std::shared_ptr<const Bound> configure_elbo_bound(Section&) { return nullptr; }

std::shared_ptr<const Bound> configure_iwae_bound(Section& section) {
  ImportanceOptions options;
  section.read("samples", options.samples, between(1, 10000),
               "latents of each image; one costs as much as decoding once");
  section.read("gradient", options.gradient, OneOf{{"plain", "dreg"}},
               "the gradient's estimate: plain, or doubly reparameterized, with less noise");
  return std::make_shared<ImportanceBound>(options);
}

}  // namespace

const Registry<BoundRow>& bounds() {
  static Registry<BoundRow> registry(
      "bound",
      {
          {"elbo", "the evidence lower bound: likelihood and kl", true, configure_elbo_bound},
          {"iwae", "a tighter bound from several weighted latents of each image (IWAE)", false,
           configure_iwae_bound},
      });
  return registry;
}

Output first_sample(const Output& output, int64_t samples) {
  if (samples == 1) return output;
  Output first = output;
  const int64_t images = output.decoded.size(0) / samples;
  first.decoded = output.decoded.narrow(0, 0, images);
  first.latent.z = output.latent.z.narrow(0, 0, images);
  return first;
}

}  // namespace latent
