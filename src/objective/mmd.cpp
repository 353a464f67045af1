#include <ATen/ATen.h>

#include <algorithm>

#include "objective/penalty.h"

namespace latent {
namespace {

struct MmdOptions {
  double weight = 10;
  std::string kernel = "imq";
  double bandwidth = 1;
};

// weight * the squared maximum mean discrepancy between the latents of a batch and as many draws
// from N(0, 1): 0 for equal distributions, on average; it may be negative. Sources: Tolstikhin et
// al. 2018, arXiv:1711.01558 (WAE-MMD, the inverse multiquadratic kernel summed over seven scales);
// Zhao et al. 2019, arXiv:1706.02262 (InfoVAE).
class Mmd : public Penalty {
 public:
  explicit Mmd(MmdOptions options) : options_(std::move(options)) {}

  PenaltyValue operator()(const PenaltyInput& input) const override {
    const Tensor z = input.output.latent.z.flatten(1);
    const Tensor normal = input.noise->normal(z.sizes(), z.options());
    const auto n = static_cast<double>(z.size(0));
    const double pairs = std::max(n * n - n, 1.0);
    // The diagonals are the kernels of equal points, which the unbiased estimate leaves out.
    const Tensor within =
        (kernels(z, z) + kernels(normal, normal)).sum() - 2 * n * kernel_of_equals();
    const Tensor mmd = within / pairs - 2 * kernels(z, normal).sum() / (n * n);
    return {.terms = {mmd}, .added = options_.weight * mmd};
  }
  bool is_noisy() const override { return true; }
  bool compares_images() const override { return true; }

 private:
  // The scales of the inverse multiquadratic kernel, relative to the prior's squared diameter.
  static constexpr double kScales[] = {0.1, 0.2, 0.5, 1, 2, 5, 10};

  double kernel_of_equals() const { return options_.kernel == "imq" ? std::size(kScales) : 1; }

  // Returns the kernel of each pair of rows: [N, M].
  Tensor kernels(const Tensor& a, const Tensor& b) const {
    const Tensor squares = at::square(a).sum(1).unsqueeze(1) + at::square(b).sum(1);
    const Tensor distance = (squares - 2 * a.matmul(b.t())).clamp_min(0);
    const auto latents = static_cast<double>(a.size(1));
    const double bandwidth = options_.bandwidth * options_.bandwidth;
    if (options_.kernel == "rbf") return at::exp(distance * (-0.5 / (latents * bandwidth)));
    Tensor sum;
    for (const double scale : kScales) {
      const double c = 2 * latents * bandwidth * scale;
      const Tensor one = c / (c + distance);
      sum = sum.defined() ? sum + one : one;
    }
    return sum;
  }

  MmdOptions options_;
};

}  // namespace

PenaltyPlan configure_mmd_penalty(Section& section) {
  MmdOptions options;
  section.read("weight", options.weight, at_least(0.0),
               "weight of the discrepancy between the latents and N(0, 1)");
  section.read("kernel", options.kernel, OneOf{{"imq", "rbf"}},
               "imq, the sum of seven inverse multiquadratic kernels; or rbf, a Gaussian");
  section.read("bandwidth", options.bandwidth, more_than(0),
               "width of the kernel, in standard deviations of the prior");
  const auto make = [options](const PenaltyContext&) { return std::make_shared<Mmd>(options); };
  return {.terms = {"mmd"},
          .remedies = {section.path() + ".weight"},
          .smallest_batch = 2,
          .make = make};
}

}  // namespace latent
