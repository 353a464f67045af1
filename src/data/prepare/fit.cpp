#include "data/prepare/fit.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>

#include "core/error.h"
#include "data/prepare/resize.h"

namespace latent {
namespace {

// round(length * part / whole), at least 1.
int64_t share(int64_t length, int64_t part, int64_t whole) {
  return std::max<int64_t>(1, (2 * length * part + whole) / (2 * whole));
}

// Black borders on all sides, the odd pixel below and to the right.
Tensor with_borders(const Tensor& pixels, int64_t height, int64_t width) {
  const int64_t more_rows = height - pixels.size(1), more_columns = width - pixels.size(2);
  if (more_rows == 0 && more_columns == 0) return pixels;
  const int64_t top = more_rows / 2, left = more_columns / 2;
  return at::constant_pad_nd(pixels, {0, 0, left, more_columns - left, top, more_rows - top}, 0);
}

}  // namespace

void read_size(Section& section, const std::string& key, std::vector<int64_t>& size,
               bool allow_empty, std::string_view meaning) {
  section.read(key, size, between(1, 4096), meaning);
  if (size.size() == 2 || (size.empty() && allow_empty)) return;
  throw Error(section.where(key) + ": " + section.found(key) + "; expected [height, width]");
}

Fit::Fit(Section& data) : pad_key_(data.where("pad_to")) {
  read_size(data, "size", size_, true,
            "height and width that the images are resized to; []: unchanged");
  data.read("fit", fit_, OneOf{{"crop", "stretch", "pad"}},
            "how images of another aspect ratio are fitted: crop the middle, stretch, or pad with "
            "black");
  data.read("filter", filter_, OneOf{{"area", "bilinear"}},
            "how images are resized: area: average of the pixels covered; bilinear: interpolation "
            "without antialiasing");
  data.read("pad_to", pad_to_, between(0, 4096),
            "height and width that black borders pad the images to; 0: none");
}

Tensor Fit::apply(const Tensor& pixels) const {
  return apply_reduced(pixels, pixels.size(1), pixels.size(2), 1);
}

Tensor Fit::apply_reduced(const Tensor& pixels, int64_t height, int64_t width,
                          int64_t reduction) const {
  return padded(size_.empty() ? pixels : sized(pixels.contiguous(), height, width, reduction));
}

Tensor Fit::sized(const Tensor& pixels, int64_t height, int64_t width, int64_t reduction) const {
  const int64_t to_height = size_[0], to_width = size_[1];
  if (height == to_height * reduction && width == to_width * reduction) return pixels;
  const bool wide = width * to_height > height * to_width;
  int64_t rows = height, columns = width;                    // of the image, that are kept
  int64_t shown_rows = to_height, shown_columns = to_width;  // that they become
  if (fit_ == "crop" && wide) columns = share(height, to_width, to_height);
  if (fit_ == "crop" && !wide) rows = share(width, to_height, to_width);
  if (fit_ == "pad" && wide) shown_rows = share(height, to_width, width);
  if (fit_ == "pad" && !wide) shown_columns = share(width, to_height, height);
  const auto span = [&](int64_t whole, int64_t kept, int64_t from, int64_t to) {
    const auto factor = static_cast<double>(reduction);
    return Span{static_cast<double>((whole - kept) / 2) / factor,
                static_cast<double>(kept) / factor, from, to};
  };
  return with_borders(resize(pixels, span(height, rows, pixels.size(1), shown_rows),
                             span(width, columns, pixels.size(2), shown_columns), filter_),
                      to_height, to_width);
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
