#include <ATen/ATen.h>

#include "core/error.h"
#include "model/corruption.h"

namespace latent {
namespace {

struct MaskingOptions {
  double fraction = 0.25;
  std::vector<int64_t> block;
  double value = 0.0;
};

// Hides pixels: single ones (Vincent et al. 2008), or one rectangle of each image.
class Masking : public Corruption {
 public:
  explicit Masking(MaskingOptions options) : options_(std::move(options)) {}

  Tensor apply(const Tensor& images, const Noise& noise) const override {
    return images.masked_fill(
        options_.block.empty() ? scattered(images, noise) : rectangle(images, noise),
        options_.value);
  }

 private:
  // [B, 1, H, W] bool, true where a pixel is hidden.
  Tensor scattered(const Tensor& images, const Noise& noise) const {
    return noise.uniform({images.size(0), 1, images.size(2), images.size(3)}, images.options()) <
           options_.fraction;
  }
  Tensor rectangle(const Tensor& images, const Noise& noise) const {
    const Tensor rows = within(images.size(0), images.size(2), options_.block[0], images.device(),
                               noise);  // [B, H]
    const Tensor columns = within(images.size(0), images.size(3), options_.block[1],
                                  images.device(), noise);  // [B, W]
    return at::logical_and(rows.unsqueeze(1).unsqueeze(3), columns.unsqueeze(1).unsqueeze(2));
  }
  // Returns a mask that is true for `length` neighbours among `size` positions, from a random one
  // on: [B, size].
  static Tensor within(int64_t batch, int64_t size, int64_t length, const c10::Device& device,
                       const Noise& noise) {
    const auto whole = at::TensorOptions(device).dtype(at::kLong);
    const Tensor first = noise.integers({batch, 1}, whole, 0, size - length + 1);
    const Tensor positions = at::arange(size, whole);
    return at::logical_and(positions >= first, positions < first + length);
  }

  MaskingOptions options_;
};

}  // namespace

CorruptionMaker configure_masking_corruption(Section& section, bool) {
  MaskingOptions options;
  section.read("block", options.block, between(1, 4096),
               "[height, width] of one rectangle at a random position, instead of single pixels");
  if (!options.block.empty() && options.block.size() != 2) {
    throw Error(section.where("block") + ": " + section.found("block") +
                "; expected [height, width]");
  }
  if (options.block.empty()) {
    section.read("fraction", options.fraction, between(0, 1), "share of the pixels to hide");
  } else if (section.has("fraction")) {
    throw Error(section.where("fraction") +
                ": given with a block; expected a fraction of the pixels or a block, not both");
  }
  section.read("value", options.value, any_number(), "value of hidden pixels; 0: black");
  return [options, where = section.where("block")](const ImageShape& images) {
    if (!options.block.empty() &&
        (options.block[0] > images.height || options.block[1] > images.width)) {
      throw Error(where + ": " + std::to_string(options.block[0]) + "x" +
                  std::to_string(options.block[1]) + " is larger than the image, " + images.text() +
                  "; expected a block that fits into it");
    }
    return std::make_unique<Masking>(options);
  };
}

}  // namespace latent
