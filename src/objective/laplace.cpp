#include <ATen/ATen.h>

#include <cmath>

#include "objective/likelihood.h"
#include "objective/output.h"

namespace latent {
namespace {

struct LaplaceOptions {
  double scale = 1.0;
  bool include_constant = false;
};

// -log of the Laplace density: the absolute error, sharper edges than the squared one.
class Laplace : public Likelihood {
 public:
  Laplace(LaplaceOptions options, OutputActivation output)
      : options_(options), output_(std::move(output)) {}

  Tensor nll(const Tensor& images, const Tensor& decoded) const override {
    const Tensor error = at::abs(images - mean(decoded)).flatten(1);  // [B, C*H*W]
    const auto values = static_cast<double>(error.size(1));
    const double constant =
        std::log(options_.scale) + (options_.include_constant ? std::log(2.0) : 0.0);
    return error.sum(1) / options_.scale + values * constant;
  }
  Tensor mean(const Tensor& decoded) const override { return output_.mean(decoded); }
  LayerSpec picture_spec() const override { return output_.spec(); }
  bool unit_interval() const override { return output_.unit_interval(); }
  double omitted_constant() const override {
    return options_.include_constant ? 0.0 : std::log(2.0);
  }

 private:
  LaplaceOptions options_;
  OutputActivation output_;
};

}  // namespace

LikelihoodMaker configure_laplace_likelihood(Section& section) {
  LaplaceOptions options;
  section.read("scale", options.scale, more_than(0),
               "scale b of the density exp(-|x - mean| / b) / (2 b)");
  const OutputActivation output(section);
  section.read("include_constant", options.include_constant,
               "include the constant log 2 nats per value, which no weight can change");
  return [options, output] { return std::make_shared<Laplace>(options, output); };
}

}  // namespace latent
