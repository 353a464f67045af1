#include "sets/table_pictures.h"

#include <ATen/ATen.h>

namespace latent {

PixelRange range_of_rows(const RangeOptions& options, const Extent& extent) {
  const bool bytes = extent.whole && extent.high > 1;
  return {options, bytes ? 255.0 : 1.0};
}

Tensor table_pictures(const std::string& name, const Tensor& values, const PictureOptions& options,
                      const PixelRange& range, const Extent& all) {
  const Tensor beyond = range.beyond(values);
  if (beyond.any().item<bool>()) {
    const auto row = beyond.to(at::kByte).argmax().item<int64_t>();
    range.refuse(name, values[row], row, all);
  }
  const PictureLayout layout(name, values.sizes().vec(), options);
  return range.to_bytes(layout.arrange(values));
}

}  // namespace latent
