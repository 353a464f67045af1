#include "data/prepare/augment.h"

#include <ATen/ATen.h>

namespace latent {
namespace {

constexpr double kLargestShift = 4096;

// Where each pixel along one side of `size` comes from: [B, size], the edge repeated beyond it.
Tensor sources(const Tensor& offsets, int64_t size) {
  const Tensor places = at::arange(size, offsets.options());
  return (places.unsqueeze(0) + offsets.unsqueeze(1)).clamp(0, size - 1);
}

}  // namespace

void Augmentation::read(Section& data) {
  Section section = data.section("augment");
  section.read("flip", flip_, "mirror each training image left to right with probability 1/2");
  section.read(
      "shift", shift_, between(0, kLargestShift),
      "shift each training image by up to this many pixels in each direction, repeating its "
      "edge");
}

Tensor Augmentation::apply(const Tensor& images, const Noise& noise) const {
  const Tensor grey = moves() ? moved(images, noise) : images;
  if (!binarize_) return grey;
  return (noise.uniform(grey.sizes(), grey.options()) < grey)
      .to(grey.scalar_type())
      .contiguous(at::MemoryFormat::ChannelsLast);
}

Tensor Augmentation::moved(const Tensor& images, const Noise& noise) const {
  const int64_t batch = images.size(0), height = images.size(2), width = images.size(3);
  const auto options = images.options().dtype(at::kLong);
  const auto offsets = [&] {
    return shift_ == 0 ? at::zeros({batch}, options)
                       : noise.integers({batch}, options, -shift_, shift_ + 1);
  };
  const Tensor rows = sources(offsets(), height);  // [B, H]
  Tensor columns = sources(offsets(), width);      // [B, W]
  if (flip_) {
    const Tensor mirrored = noise.uniform({batch}, images.options()) < 0.5;
    columns = at::where(mirrored.unsqueeze(1), width - 1 - columns, columns);
  }
  const Tensor image = at::arange(batch, options).view({batch, 1, 1});
  const Tensor rearranged = images
                                .permute({0, 2, 3, 1})  // [B, H, W, C]
                                .index({image, rows.unsqueeze(2), columns.unsqueeze(1)});
  return rearranged.permute({0, 3, 1, 2});  // [B, C, H, W]
}

}  // namespace latent
