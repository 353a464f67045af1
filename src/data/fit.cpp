#include "data/fit.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/parallel.h"

namespace latent {
namespace {

/// The old pixels along one side that make a new one: first, first + 1, ..., and their weights,
/// which sum to 1.
struct Window {
  int64_t first = 0;
  std::vector<float> weights;
};

// Shares by which a new pixel covers the old ones.
std::vector<Window> area_windows(int64_t to, int64_t from) {
  std::vector<Window> windows(static_cast<size_t>(to));
  const double step = static_cast<double>(from) / static_cast<double>(to);
  for (int64_t i = 0; i < to; ++i) {
    Window& window = windows[static_cast<size_t>(i)];
    const double low = static_cast<double>(i) * step, high = low + step;
    const auto last = std::min(from, static_cast<int64_t>(std::ceil(high)));
    window.first = std::min(static_cast<int64_t>(low), from - 1);
    for (int64_t j = window.first; j < last; ++j) {
      const double overlap =
          std::min(high, static_cast<double>(j + 1)) - std::max(low, static_cast<double>(j));
      window.weights.push_back(static_cast<float>(std::max(0.0, overlap) / step));
    }
  }
  return windows;
}

// Each new pixel's centre between its two nearest old centres, the border repeated.
std::vector<Window> bilinear_windows(int64_t to, int64_t from) {
  std::vector<Window> windows(static_cast<size_t>(to));
  const double step = static_cast<double>(from) / static_cast<double>(to);
  for (int64_t i = 0; i < to; ++i) {
    const double centre =
        std::clamp((static_cast<double>(i) + 0.5) * step - 0.5, 0.0, static_cast<double>(from - 1));
    Window& window = windows[static_cast<size_t>(i)];
    window.first = static_cast<int64_t>(centre);
    const auto share = static_cast<float>(centre - static_cast<double>(window.first));
    window.weights = {1 - share};
    if (window.first + 1 < from) window.weights.push_back(share);
  }
  return windows;
}

/// Resizes one image after another: down the columns, then along the rows, since both filters are
/// separable.
class Resizer {
 public:
  Resizer(const Tensor& from, int64_t height, int64_t width, const std::string& filter)
      : from_(from),
        down_((filter == "area" ? area_windows : bilinear_windows)(height, from.size(1))),
        across_((filter == "area" ? area_windows : bilinear_windows)(width, from.size(2))),
        channels_(from.size(3)),
        row_(static_cast<size_t>(from.size(2) * channels_)) {}

  /// to: [height, width, C] bytes.
  void run(int64_t image, uint8_t* to) {
    for (const Window& window : down_) {
      blend_rows(image, window);
      for (const Window& columns : across_) {
        for (int64_t c = 0; c < channels_; ++c)
          *to++ = blend_columns(columns, c);
      }
    }
  }

 private:
  // The images may be windows into larger ones: rows are wherever the strides say.
  void blend_rows(int64_t image, const Window& window) {
    std::fill(row_.begin(), row_.end(), 0.0F);
    const uint8_t* first =
        from_.const_data_ptr<uint8_t>() + image * from_.stride(0) + window.first * from_.stride(1);
    for (const float weight : window.weights) {
      for (size_t i = 0; i < row_.size(); ++i)
        row_[i] += weight * static_cast<float>(first[i]);
      first += from_.stride(1);
    }
  }

  uint8_t blend_columns(const Window& window, int64_t channel) const {
    float sum = 0;
    const float* value = row_.data() + window.first * channels_ + channel;
    for (const float weight : window.weights) {
      sum += weight * *value;
      value += channels_;
    }
    return static_cast<uint8_t>(std::clamp(std::lrint(sum), 0L, 255L));
  }

  const Tensor& from_;
  std::vector<Window> down_, across_;
  int64_t channels_;
  std::vector<float> row_;
};

// pixels: [N, H, W, C] uint8, the pixels of a row side by side.
Tensor resize(const Tensor& pixels, int64_t height, int64_t width, const std::string& filter) {
  const int64_t channels = pixels.size(3);
  const Tensor resized = torch::empty({pixels.size(0), height, width, channels}, at::kByte);
  uint8_t* to = resized.mutable_data_ptr<uint8_t>();
  parallel_for(pixels.size(0), 256, [&](int64_t begin, int64_t end) {
    Resizer resizer(pixels, height, width, filter);
    for (int64_t i = begin; i < end; ++i)
      resizer.run(i, to + i * height * width * channels);
  });
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

Tensor Fit::apply(const Tensor& pixels) const { return padded(sized(pixels.contiguous())); }

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
