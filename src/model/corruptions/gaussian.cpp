#include <ATen/ATen.h>

#include "model/corruption.h"

namespace latent {
namespace {

struct GaussianOptions {
  double std = 0.25;
  bool clip = true;
};

// Additive white noise (Vincent et al. 2010, "Stacked denoising autoencoders").
class GaussianNoise : public Corruption {
 public:
  explicit GaussianNoise(const GaussianOptions& options) : options_(options) {}

  Tensor apply(const Tensor& images, const Noise& noise) const override {
    // In the logical order, whatever layout the images have.
    Tensor noisy = at::add(images, noise.normal(images.sizes(), images.options()), options_.std);
    return options_.clip ? noisy.clamp_(0, 1) : noisy;
  }

 private:
  GaussianOptions options_;
};

}  // namespace

CorruptionMaker configure_gaussian_corruption(Section& section, bool table) {
  GaussianOptions options;
  options.clip = !table;
  section.read("std", options.std, more_than(0),
               "standard deviation of the noise; pixels go from 0 to 1");
  section.read("clip", options.clip,
               "clip values to 0 to 1, as a camera does; off by default for rows of a table");
  return [options](const ImageShape&) { return std::make_unique<GaussianNoise>(options); };
}

}  // namespace latent
