#include "data/sets/array_images.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/error.h"

namespace latent {
namespace {

constexpr int64_t kLongestSide = 65'536;
constexpr int64_t kPeeked = 1024;   // images that tell whether bytes are only 0 and 1
constexpr double kRounding = 1e-3;  // how far beyond white a float may lie, as a share of it

bool is_channels(int64_t size) { return size == 1 || size == 3; }

}  // namespace

void ArrayOptions::read(Section& data) {
  data.read(
      "layout", layout, OneOf{{"auto", "NHWC", "NCHW"}},
      "order of an array's four dimensions; auto: the dimension of size 1 or 3 is the channels");
  data.read("white", white, at_least(0),
            "value of white; 0: 255 for bytes (1 if they are all 0 or 1), 1 for floats");
  layout_key = data.where("layout");
  white_key = data.where("white");
}

ArrayImages::ArrayImages(OpenStream open, const ArrayOptions& options)
    : array_(std::move(open)), white_key_(options.white_key) {
  const NpyHeader& header = array_.header();
  if (header.whole_numbers() && (header.width > 1 || header.kind == 'i')) {
    throw Error(
        fmt::format("{}: integers of {} bits; expected images of uint8, bool, float32 or "
                    "float64",
                    name(), header.width * 8));
  }
  find_layout(options);
  find_white(options.white);
}

void ArrayImages::find_layout(const ArrayOptions& options) {
  const auto& sizes = array_.header().shape;
  const auto complain = [&](const std::string& expected) {
    throw Error(name() + ": its shape is " + array_.header().shape_text() + "; expected " +
                expected);
  };
  if (sizes.size() != 3 && sizes.size() != 4) complain("NxHxW, NxHxWxC or NxCxHxW");
  if (*std::max_element(sizes.begin() + 1, sizes.end()) > kLongestSide)
    complain("images of at most 65536 pixels a side");
  if (sizes.size() == 3) {
    shape_ = {1, sizes[1], sizes[2]};
    return;
  }
  const bool first = is_channels(sizes[1]) && options.layout != "NHWC";
  const bool last = is_channels(sizes[3]) && options.layout != "NCHW";
  if (first && last)
    throw Error(options.layout_key + ": missing; expected NHWC or NCHW, since " + name() + " is " +
                array_.header().shape_text());
  if (!first && !last) complain("1 or 3 channels, in the last or the second dimension");
  channels_first_ = first;
  shape_ =
      first ? ImageShape{sizes[1], sizes[2], sizes[3]} : ImageShape{sizes[3], sizes[1], sizes[2]};
}

void ArrayImages::find_white(double given) {
  white_ = given;
  if (given > 0) return;
  white_ = array_.header().kind == 'u' ? 255 : 1;
  if (array_.header().kind != 'u') return;
  const Tensor peeked = array_.rows(0, std::min(count(), kPeeked));
  if (peeked.max().item<int64_t>() > 1) return;
  white_ = 1;
  note_ = name() + ": its bytes are 0 and 1: 1 is shown as white (data.white: 255 if it is not)";
}

void ArrayImages::check_values(const Tensor& values, int64_t first) const {
  const Tensor flat = values.flatten(1);
  const double limit = white_ * (1 + kRounding), slack = white_ * kRounding;
  // Not "outside": NaN is neither below nor above.
  const Tensor good = at::logical_and(flat >= -slack, flat <= limit).all(1);  // [count]
  if (good.all().item<bool>()) return;
  const auto image = good.to(at::kByte).argmin().item<int64_t>();
  const Tensor bad = flat[image].masked_select(
      at::logical_and(flat[image] >= -slack, flat[image] <= limit).logical_not());
  throw Error(
      fmt::format("{}: value {} in image {}; expected 0 to {}: {} says which value is white",
                  name(), bad[0].item<double>(), first + image, white_, white_key_));
}

Tensor ArrayImages::read(int64_t first, int64_t count) {
  Tensor values = array_.rows(first, count);
  if (values.dim() == 3) values = values.unsqueeze(3);
  if (channels_first_) values = values.permute({0, 2, 3, 1});  // [count, H, W, C]
  if (values.scalar_type() == at::kByte && white_ == 255) return values.contiguous();
  check_values(values, first);
  return (values.to(at::kDouble) * (255 / white_))
      .round_()
      .clamp_(0, 255)
      .to(at::kByte)
      .contiguous();
}

}  // namespace latent
