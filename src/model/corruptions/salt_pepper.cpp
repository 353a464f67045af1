#include <ATen/ATen.h>

#include "core/error.h"
#include "model/corruption.h"

namespace latent {
namespace {

struct SaltPepperOptions {
  double fraction = 0.1;
  double salt = 0.5;
};

// Replaces pixels by white or black in all channels.
class SaltPepper : public Corruption {
 public:
  explicit SaltPepper(const SaltPepperOptions& options) : options_(options) {}

  Tensor apply(const Tensor& images, const Noise& noise) const override {
    const Tensor draw = noise.uniform({images.size(0), 1, images.size(2), images.size(3)},
                                      images.options());  // [B, 1, H, W]
    const double white = options_.fraction * options_.salt;
    return images.masked_fill(draw < options_.fraction, 0.0).masked_fill_(draw < white, 1.0);
  }

 private:
  SaltPepperOptions options_;
};

}  // namespace

CorruptionMaker configure_salt_pepper_corruption(Section& section, bool table) {
  SaltPepperOptions options;
  section.read("fraction", options.fraction, between(0, 1),
               "share of the pixels that turn white or black");
  section.read("salt", options.salt, between(0, 1), "share of the changed pixels that turn white");
  if (table) {
    throw Error(section.where("name") +
                ": salt_pepper makes black and white pixels, and the data set is a table; expected "
                "gaussian or masking");
  }
  return [options](const ImageShape&) { return std::make_unique<SaltPepper>(options); };
}

}  // namespace latent
