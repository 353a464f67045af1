#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <unordered_map>

#include "core/error.h"
#include "model/corruption.h"

namespace latent {
namespace {

struct DownsampleOptions {
  std::vector<int64_t> size;
  std::string filter = "area";
};

// [to, from]: the shares by which each new pixel covers the old ones.
Tensor area_weights(int64_t from, int64_t to) {
  const Tensor weights = at::zeros({to, from});
  auto weight = weights.accessor<float, 2>();
  const double step = static_cast<double>(from) / static_cast<double>(to);
  for (int64_t i = 0; i < to; ++i) {
    const double low = static_cast<double>(i) * step, high = low + step;
    for (auto j = static_cast<int64_t>(low); j < from && static_cast<double>(j) < high; ++j) {
      const double overlap =
          std::min(high, static_cast<double>(j + 1)) - std::max(low, static_cast<double>(j));
      weight[i][j] = static_cast<float>(std::max(0.0, overlap) / step);
    }
  }
  return weights;
}

// Smaller images, for models that make large ones of them. The filters are those of data.filter.
class Downsample : public Corruption {
 public:
  Downsample(DownsampleOptions options, const ImageShape& images) : options_(std::move(options)) {
    if (options_.filter == "bilinear") return;
    rows_ = area_weights(images.height, options_.size[0]);
    columns_ = area_weights(images.width, options_.size[1]).t().contiguous();
  }

  Tensor apply(const Tensor& images, const Noise&) const override {
    const Tensor small = options_.filter == "bilinear"
                             ? at::upsample_bilinear2d(images, options_.size, false)
                             : area(images);
    return small.contiguous(at::MemoryFormat::ChannelsLast);
  }
  ImageShape output(const ImageShape& images) const override {
    return {images.channels, options_.size[0], options_.size[1]};
  }

 private:
  using Weights = std::pair<Tensor, Tensor>;  // of the area filter: [h, H], [W, w]

  Tensor area(const Tensor& images) const {
    const auto [rows, columns] = weights(images.device());
    return at::matmul(at::matmul(rows, images), columns);
  }
  // Kept on each device: a copy from the host at each batch would wait for the device, and cannot
  // be part of a CUDA graph.
  Weights weights(const c10::Device& device) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    auto& [rows, columns] = elsewhere_[device];
    if (!rows.defined()) {
      rows = rows_.to(device);
      columns = columns_.to(device);
    }
    return {rows, columns};
  }

  DownsampleOptions options_;
  Tensor rows_, columns_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<c10::Device, Weights> elsewhere_;
};

void check_size(const DownsampleOptions& options, const ImageShape& images,
                const std::string& where) {
  const auto [height, width] = std::pair(options.size[0], options.size[1]);
  const std::string text = std::to_string(height) + "x" + std::to_string(width);
  if (height > images.height || width > images.width) {
    throw Error(where + ": " + text + " is larger than the image, " + images.text() +
                "; expected a smaller size");
  }
  if (height == images.height && width == images.width)
    throw Error(where + ": " + text + " is the image's own size; expected a smaller one");
}

}  // namespace

CorruptionMaker configure_downsample_corruption(Section& section, bool table) {
  DownsampleOptions options;
  section.read("size", options.size, between(1, 4096), "height and width of the encoder's input");
  section.read("filter", options.filter, OneOf{{"area", "bilinear"}},
               "area: average of the pixels covered; bilinear: interpolation without antialiasing");
  if (table) {
    throw Error(section.where("name") +
                ": downsample is for images, and the data set is a table; expected gaussian or "
                "masking");
  }
  if (options.size.size() != 2) {
    throw Error(section.where("size") + ": " + section.found("size") +
                "; expected [height, width]");
  }
  return [options, where = section.where("size")](const ImageShape& images) {
    check_size(options, images, where);
    return std::make_unique<Downsample>(options, images);
  };
}

}  // namespace latent
