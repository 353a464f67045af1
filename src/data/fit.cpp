#include "data/fit.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace latent {
namespace {

constexpr int64_t kChunk = 16 << 20;  // values turned into floats at a time: bounds the memory

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

// The old rows or columns that have a weight: bilinear sampling needs few of a large image's.
Tensor used(const Tensor& weights) { return weights.ne(0).any(0).nonzero().flatten(); }

// Both filters are separable, so a resize is two small matrix products.  pixels: [N, H, W, C]
// uint8.
Tensor resize(const Tensor& pixels, int64_t height, int64_t width, const std::string& filter) {
  const auto weights = filter == "area" ? area_weights : bilinear_weights;
  Tensor down = weights(height, pixels.size(1)), across = weights(width, pixels.size(2));
  Tensor source = pixels;
  if (filter == "bilinear") {
    const Tensor rows = used(down), columns = used(across);
    source = pixels.index_select(1, rows).index_select(2, columns);
    down = down.index_select(1, rows);
    across = across.index_select(1, columns);
  }
  Tensor resized = torch::empty({pixels.size(0), height, width, pixels.size(3)}, at::kByte);
  const int64_t values = source.size(1) * source.size(2) * source.size(3);
  const int64_t chunk = std::max<int64_t>(1, kChunk / std::max<int64_t>(1, values));
  for (int64_t first = 0; first < pixels.size(0); first += chunk) {
    const int64_t count = std::min(chunk, pixels.size(0) - first);
    const Tensor floats =
        source.narrow(0, first, count).permute({0, 3, 1, 2}).to(at::kFloat);  // [N, C, H, W]
    const Tensor result = down.matmul(floats).matmul(across.t()).round_().clamp_(0, 255);
    resized.narrow(0, first, count).copy_(result.permute({0, 2, 3, 1}));
  }
  return resized;
}

// round(length * part / whole), at least 1.
int64_t share(int64_t length, int64_t part, int64_t whole) {
  return std::max<int64_t>(1, (2 * length * part + whole) / (2 * whole));
}

// Black borders on all sides, the odd pixel below and to the right.
Tensor with_borders(const Tensor& pixels, int64_t height, int64_t width) {
  const int64_t more_rows = height - pixels.size(1), more_columns = width - pixels.size(2);
  const int64_t top = more_rows / 2, left = more_columns / 2;
  return at::constant_pad_nd(pixels, {0, 0, left, more_columns - left, top, more_rows - top}, 0);
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
  data.read("fit", fit_, OneOf{{"crop", "stretch", "pad"}},
            "how another aspect ratio becomes that of size: crop the middle, stretch, or pad with "
            "black");
  data.read("filter", filter_, OneOf{{"area", "bilinear"}},
            "how images are resized: area averages, bilinear samples without antialiasing");
  data.read("pad_to", pad_to_, between(0, 4096),
            "height and width that black borders pad the images to; 0: none");
}

Tensor Fit::apply(const Tensor& pixels) const { return padded(sized(pixels)); }

Tensor Fit::sized(const Tensor& pixels) const {
  if (size_.empty()) return pixels;
  const int64_t height = pixels.size(1), width = pixels.size(2);
  const int64_t to_height = size_[0], to_width = size_[1];
  if (height == to_height && width == to_width) return pixels;
  if (fit_ == "stretch") return resize(pixels, to_height, to_width, filter_);
  const bool wide = width * to_height > height * to_width;
  if (fit_ == "pad") {
    const int64_t rows = wide ? share(height, to_width, width) : to_height;
    const int64_t columns = wide ? to_width : share(width, to_height, height);
    return with_borders(resize(pixels, rows, columns, filter_), to_height, to_width);
  }
  const int64_t rows = wide ? height : share(width, to_height, to_width);
  const int64_t columns = wide ? share(height, to_width, to_height) : width;
  const Tensor middle =
      pixels.narrow(1, (height - rows) / 2, rows).narrow(2, (width - columns) / 2, columns);
  return resize(middle, to_height, to_width, filter_);
}

Tensor Fit::padded(const Tensor& pixels) const {
  if (pad_to_ == 0) return pixels;
  const int64_t height = pixels.size(1), width = pixels.size(2);
  if (height > pad_to_ || width > pad_to_) {
    throw Error(pad_key_ + ": got " + std::to_string(pad_to_) + "; expected 0 or at least " +
                std::to_string(std::max(height, width)) + ": the images are " +
                std::to_string(height) + "x" + std::to_string(width));
  }
  return with_borders(pixels, pad_to_, pad_to_);
}

int64_t Fit::reduction(int64_t height, int64_t width) const {
  if (size_.empty() || filter_ != "area") return 1;
  // Padding keeps the whole image: the longer side decides, otherwise the shorter one.
  const auto enough = [&](int64_t factor) {
    const bool rows = height >= factor * size_[0], columns = width >= factor * size_[1];
    return fit_ == "pad" ? rows || columns : rows && columns;
  };
  for (const int64_t factor : {8, 4, 2}) {
    if (enough(factor)) return factor;
  }
  return 1;
}

std::string Fit::text() const {
  return fmt::format("size {} fit {} filter {} pad_to {}", fmt::join(size_, "x"), fit_, filter_,
                     pad_to_);
}

}  // namespace latent
