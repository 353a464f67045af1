#include "data/fit.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace latent {
namespace {

constexpr int64_t kChunk =
    4096;  // images turned into floats at a time: bounds the memory of large sets

// Rows of overlaps between the new pixels and the old ones, each row summing to 1.  Returns [to,
// from].
Tensor area_weights(int64_t to, int64_t from) {
  Tensor weights = torch::zeros({to, from});
  auto weight = weights.accessor<float, 2>();
  const double step = static_cast<double>(from) / static_cast<double>(to);
  for (int64_t i = 0; i < to; ++i) {
    const double low = static_cast<double>(i) * step, high = low + step;
    const auto last = std::min(from, static_cast<int64_t>(std::ceil(high)));
    for (auto j = static_cast<int64_t>(low); j < last; ++j) {
      const double overlap =
          std::min(high, static_cast<double>(j + 1)) - std::max(low, static_cast<double>(j));
      weight[i][j] = static_cast<float>(std::max(0.0, overlap) / step);
    }
  }
  return weights;
}

// Each new pixel's centre between its two nearest old centres, the border repeated.  Returns [to,
// from].
Tensor bilinear_weights(int64_t to, int64_t from) {
  Tensor weights = torch::zeros({to, from});
  auto weight = weights.accessor<float, 2>();
  const double step = static_cast<double>(from) / static_cast<double>(to);
  for (int64_t i = 0; i < to; ++i) {
    const double centre =
        std::clamp((static_cast<double>(i) + 0.5) * step - 0.5, 0.0, static_cast<double>(from - 1));
    const auto left = static_cast<int64_t>(centre);
    const double share = centre - static_cast<double>(left);
    weight[i][left] += static_cast<float>(1.0 - share);
    weight[i][std::min(left + 1, from - 1)] += static_cast<float>(share);
  }
  return weights;
}

// Both filters are separable, so a resize is two small matrix products.  pixels: [N, H, W, C]
// uint8.
Tensor resize(const Tensor& pixels, int64_t height, int64_t width, const std::string& filter) {
  const auto weights = filter == "area" ? area_weights : bilinear_weights;
  const Tensor down = weights(height, pixels.size(1));
  const Tensor across = weights(width, pixels.size(2)).t();
  Tensor resized = torch::empty({pixels.size(0), height, width, pixels.size(3)}, at::kByte);
  for (int64_t first = 0; first < pixels.size(0); first += kChunk) {
    const int64_t count = std::min(kChunk, pixels.size(0) - first);
    const Tensor chunk =
        pixels.narrow(0, first, count).permute({0, 3, 1, 2}).to(at::kFloat);  // [N, C, H, W]
    const Tensor result = down.matmul(chunk).matmul(across).round_().clamp_(0, 255);
    resized.narrow(0, first, count).copy_(result.permute({0, 2, 3, 1}));
  }
  return resized;
}

}  // namespace

void read_size(Section& section, const std::string& key, std::vector<int64_t>& size,
               bool allow_empty, std::string_view meaning) {
  section.read(key, size, between(1, 4096), meaning);
  if (size.size() == 2 || (size.empty() && allow_empty)) return;
  throw Error(section.where(key) + ": got a list of " + std::to_string(size.size()) +
              "; expected [height, width]");
}

Fit::Fit(Section& data) : pad_key_(data.where("pad_to")) {
  read_size(data, "size", size_, true,
            "height and width that the images are resized to; []: as they are");
  data.read("filter", filter_, OneOf{{"area", "bilinear"}}, "how images are resized");
  data.read("pad_to", pad_to_, between(0, 4096),
            "height and width that black borders pad the images to; 0: none");
}

Tensor Fit::apply(const Tensor& pixels) const {
  Tensor fitted = pixels;
  if (!size_.empty() && (pixels.size(1) != size_[0] || pixels.size(2) != size_[1])) {
    fitted = resize(pixels, size_[0], size_[1], filter_);
  }
  if (pad_to_ == 0) return fitted;
  const int64_t height = fitted.size(1), width = fitted.size(2);
  if (height > pad_to_ || width > pad_to_) {
    throw Error(pad_key_ + ": got " + std::to_string(pad_to_) + "; expected 0 or at least " +
                std::to_string(std::max(height, width)) + ": the images are " +
                std::to_string(height) + "x" + std::to_string(width));
  }
  const int64_t top = (pad_to_ - height) / 2, left = (pad_to_ - width) / 2;
  return at::constant_pad_nd(fitted,
                             {0, 0, left, pad_to_ - width - left, top, pad_to_ - height - top}, 0);
}

}  // namespace latent
