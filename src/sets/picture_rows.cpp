#include "sets/picture_rows.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"

namespace latent {
namespace {

constexpr int64_t kLongestSide = 65'536;

bool is_channels(int64_t size) { return size == 1 || size == 3; }

std::string text_of(const std::vector<int64_t>& sizes) {
  return fmt::format("{}", fmt::join(sizes, "x"));
}

[[noreturn]] void complain(const std::string& name, const std::string& stored,
                           const std::string& expected) {
  throw Error(name + ": its shape is " + stored + "; expected " + expected);
}

int64_t product(const std::vector<int64_t>& sizes, size_t first) {
  int64_t total = 1;
  for (size_t i = first; i < sizes.size(); ++i)
    total *= sizes[i];
  return total;
}

}  // namespace

std::vector<int64_t> square_of(int64_t values) {
  const auto side = static_cast<int64_t>(std::llround(std::sqrt(static_cast<double>(values))));
  if (values < kSmallestSquare || side * side != values) return {};
  return {side, side};
}

void PictureOptions::read(Section& data) {
  data.read(
      "layout", layout, OneOf{{"auto", "NHWC", "NCHW"}},
      "order of an array's four dimensions; auto: the dimension of size 1 or 3 is the channels");
  layout_key = data.where("layout");
  read_of_rows(data);
}

void PictureOptions::read_of_rows(Section& data) {
  data.read("shape", shape, between(1, static_cast<double>(kLongestSide)),
            "how the values of a row make a picture: [28, 28], [32, 32, 3], or [3, 32, 32] for "
            "planes of red, green and blue");
  data.read("transpose", transpose,
            "swap rows and columns of each picture, which turns EMNIST upright");
  shape_key = data.where("shape");
  if (layout_key.empty()) layout_key = shape_key;
  if (shape.empty() || shape.size() == 2 || shape.size() == 3) return;
  throw Error(shape_key + ": " + data.found("shape") +
              "; expected [height, width], [height, width, 3] or [3, height, width]");
}

PictureLayout::PictureLayout(const std::string& name, const std::vector<int64_t>& sizes,
                             const PictureOptions& options)
    : transpose_(options.transpose) {
  find_sizes(name, sizes, options);
  if (*std::max_element(sizes_.begin(), sizes_.end()) > kLongestSide)
    complain(name, text_of(sizes), "images of at most 65536 pixels a side");
  find_channels(name, text_of(sizes), options);
  if (transpose_) std::swap(shape_.height, shape_.width);
}

void PictureLayout::find_sizes(const std::string& name, const std::vector<int64_t>& sizes,
                               const PictureOptions& options) {
  sizes_ = {sizes.begin() + 1, sizes.end()};
  if (!options.shape.empty() && !sizes_.empty()) {
    sizes_ = options.shape;
    if (product(sizes_, 0) == product(sizes, 1)) return;
    throw Error(fmt::format("{}: got {}, which is {} values; expected {}, as in each row of {}",
                            options.shape_key, text_of(sizes_), product(sizes_, 0),
                            product(sizes, 1), name));
  }
  if (sizes_.size() == 1 && !square_of(sizes_[0]).empty()) {
    note_ = fmt::format("{0}: rows of {1} values are read as pictures of {2}x{2} (data.shape)",
                        name, sizes_[0], square_of(sizes_[0])[0]);
    sizes_ = square_of(sizes_[0]);
  }
  const std::string arrays = "NxHxW, NxHxWxC or NxCxHxW";
  if (sizes_.size() == 1) {
    complain(name, text_of(sizes),
             arrays + ", or data.shape for rows that are pictures, such as [28, 28]");
  }
  if (sizes_.size() != 2 && sizes_.size() != 3) complain(name, text_of(sizes), arrays);
}

void PictureLayout::find_channels(const std::string& name, const std::string& stored,
                                  const PictureOptions& options) {
  if (sizes_.size() == 2) {
    shape_ = {1, sizes_[0], sizes_[1]};
    return;
  }
  const bool first = is_channels(sizes_[0]) && options.layout != "NHWC";
  const bool last = is_channels(sizes_[2]) && options.layout != "NCHW";
  if (first && last) {
    throw Error(options.layout_key + ": missing; expected NHWC or NCHW, since " + name + " is " +
                stored);
  }
  if (!first && !last) {
    const bool transparent = sizes_[2] == 4;
    complain(name, stored,
             std::string("1 or 3 channels, in the last or the second dimension") +
                 (transparent ? "; array[..., :3] leaves out the fourth" : ""));
  }
  channels_first_ = first;
  shape_ = first ? ImageShape{sizes_[0], sizes_[1], sizes_[2]}
                 : ImageShape{sizes_[2], sizes_[0], sizes_[1]};
}

Tensor PictureLayout::arrange(const Tensor& values) const {
  std::vector<int64_t> sizes{values.size(0)};
  sizes.insert(sizes.end(), sizes_.begin(), sizes_.end());
  Tensor pictures = values.reshape(sizes);
  if (sizes_.size() == 2) pictures = pictures.unsqueeze(3);
  if (channels_first_) pictures = pictures.permute({0, 2, 3, 1});
  return transpose_ ? pictures.transpose(1, 2) : pictures;  // [n, H, W, C]
}

}  // namespace latent
