#include "data/prepare/resize.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <vector>

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
std::vector<Window> area_windows(const Span& span) {
  std::vector<Window> windows(static_cast<size_t>(span.to));
  for (int64_t i = 0; i < span.to; ++i) {
    Window& window = windows[static_cast<size_t>(i)];
    const double low = span.begin + static_cast<double>(i) * span.step();
    const double high = low + span.step();
    const auto last = std::min(span.from, static_cast<int64_t>(std::ceil(high)));
    window.first = std::min(static_cast<int64_t>(low), span.from - 1);
    for (int64_t j = window.first; j < last; ++j) {
      const double overlap =
          std::min(high, static_cast<double>(j + 1)) - std::max(low, static_cast<double>(j));
      window.weights.push_back(static_cast<float>(std::max(0.0, overlap) / span.step()));
    }
  }
  return windows;
}

// Each new pixel's centre between its two nearest old centres, the border repeated.
std::vector<Window> bilinear_windows(const Span& span) {
  std::vector<Window> windows(static_cast<size_t>(span.to));
  for (int64_t i = 0; i < span.to; ++i) {
    const double centre =
        std::clamp(span.begin + (static_cast<double>(i) + 0.5) * span.step() - 0.5, span.begin,
                   span.begin + span.length - 1);
    Window& window = windows[static_cast<size_t>(i)];
    window.first = static_cast<int64_t>(centre);
    const auto share = static_cast<float>(centre - static_cast<double>(window.first));
    window.weights = {1 - share};
    if (window.first + 1 < span.from) window.weights.push_back(share);
  }
  return windows;
}

/// Resizes one image after another: down the columns, then along the rows, since both filters are
/// separable.
class Resizer {
 public:
  Resizer(const Tensor& from, const Span& rows, const Span& columns, const std::string& filter)
      : from_(from),
        down_((filter == "area" ? area_windows : bilinear_windows)(rows)),
        across_((filter == "area" ? area_windows : bilinear_windows)(columns)),
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

}  // namespace

Tensor resize(const Tensor& pixels, const Span& rows, const Span& columns,
              const std::string& filter) {
  const int64_t values = rows.to * columns.to * pixels.size(3);
  const Tensor resized =
      torch::empty({pixels.size(0), rows.to, columns.to, pixels.size(3)}, at::kByte);
  uint8_t* to = resized.mutable_data_ptr<uint8_t>();
  parallel_for(pixels.size(0), 256, [&](int64_t begin, int64_t end) {
    Resizer resizer(pixels, rows, columns, filter);
    for (int64_t i = begin; i < end; ++i)
      resizer.run(i, to + i * values);
  });
  return resized;
}

}  // namespace latent
