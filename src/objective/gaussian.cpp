#include <ATen/ATen.h>
#include <torch/csrc/autograd/generated/variable_factories.h>

#include <cmath>

#include "core/together.h"
#include "objective/likelihood.h"
#include "objective/output.h"

namespace latent {
namespace {

constexpr double kHalfLog2Pi = 0.9189385332046727;

struct GaussianOptions {
  std::string sigma = "fixed";
  double value = 1.0;
  bool include_constant = false;
};

// -log N(x; mean, sigma^2), one sigma for all pixels. "optimal": the sigma that fits the batch
// best, the root mean squared error (Rybkin et al. 2021, arXiv:2006.13202); the gradient with
// respect to it is zero there, so it is treated as a constant.
class Gaussian : public Likelihood {
 public:
  Gaussian(GaussianOptions options, OutputActivation output)
      : options_(std::move(options)), output_(std::move(output)) {
    if (options_.sigma == "learned") {
      log_sigma_ = register_parameter("log_sigma", torch::full({}, std::log(options_.value)));
    }
  }

  Tensor nll(const Tensor& images, const Tensor& decoded) const override {
    const Tensor squared = at::square(images - mean(decoded)).flatten(1);  // [B, C*H*W]
    const auto values = static_cast<double>(squared.size(1));
    const Tensor error = squared.sum(1);  // [B]
    const double constant = options_.include_constant ? values * kHalfLog2Pi : 0.0;
    if (options_.sigma == "learned") {
      return 0.5 * error * at::exp(-2.0 * log_sigma_) + values * log_sigma_ + constant;
    }
    if (options_.sigma == "optimal") {
      const Tensor variance = mean_of_all(squared).clamp_min(kSmallestVariance);
      return 0.5 * error / variance + 0.5 * values * at::log(variance) + constant;
    }
    const double sigma = options_.value;
    return error * (0.5 / (sigma * sigma)) + (values * std::log(sigma) + constant);
  }

  Tensor mean(const Tensor& decoded) const override { return output_.mean(decoded); }
  LayerSpec picture_spec() const override { return output_.spec(); }
  bool per_image() const override { return options_.sigma != "optimal"; }
  bool unit_interval() const override { return output_.unit_interval(); }
  double omitted_constant() const override { return options_.include_constant ? 0.0 : kHalfLog2Pi; }

 private:
  static constexpr double kSmallestVariance =
      1e-8;  // less than a hundredth of a grey level, squared

  GaussianOptions options_;
  OutputActivation output_;
  Tensor log_sigma_;
};

}  // namespace

LikelihoodMaker configure_gaussian_likelihood(Section& section) {
  GaussianOptions options;
  section.read("sigma", options.sigma, OneOf{{"fixed", "learned", "optimal"}},
               "standard deviation of a pixel: fixed, a learned number, or the batch's root mean "
               "squared error");
  section.read("value", options.value, more_than(0),
               "the fixed sigma, or the initial value of a learned one");
  const OutputActivation output(section);
  section.read("include_constant", options.include_constant,
               "include the constant 0.919 nats per value, which no weight can change");
  return [options, output] { return std::make_shared<Gaussian>(options, output); };
}

}  // namespace latent
