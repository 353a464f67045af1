#include "sets/array_images.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/error.h"

namespace latent {
namespace {

constexpr int64_t kPeeked = 1024;  // images that tell whether whole numbers are only 0 and 1

NpyArray numbers_of(OpenStream open) {
  NpyArray array(std::move(open));
  if (array.header().is_text())
    throw Error(array.name() + ": holds words; expected the numbers of images");
  return array;
}

}  // namespace

void ArrayOptions::read(Section& data) {
  picture.read(data);
  range.read(data);
}

std::string ArrayOptions::text() const {
  std::string text = fmt::format("{} {}", picture.layout, range.white);
  // Named only if they are used, so that packs made before these keys existed stay valid.
  if (range.black != 0) text += fmt::format(" black {}", range.black);
  if (!picture.shape.empty()) text += fmt::format(" shape {}", fmt::join(picture.shape, "x"));
  if (picture.transpose) text += " transposed";
  return text;
}

ArrayImages::ArrayImages(OpenStream open, const ArrayOptions& options)
    : array_(numbers_of(std::move(open))),
      layout_(array_.name(), array_.header().shape, options.picture),
      note_(layout_.note()),
      range_(find_range(options.range)) {
  if (options.range.white == 0) add_note(dark_warning(name(), peeked_, range_));
}

void ArrayImages::add_note(const std::string& text) {
  if (!text.empty()) note_ += (note_.empty() ? "" : "; ") + text;
}

PixelRange ArrayImages::find_range(RangeOptions given) {
  const NpyHeader& header = array_.header();
  if (given.white != 0 || header.kind == 'b') return {given, 1};
  constexpr int64_t kAtOnce = 64;  // limits the memory that large images take
  for (int64_t first = 0; first < std::min(count(), kPeeked); first += kAtOnce)
    peeked_.add(array_.rows(first, std::min(kAtOnce, std::min(count(), kPeeked) - first)));
  if (header.whole_numbers()) {
    if (peeked_.high > 1) return {given, 255};
    add_note(
        fmt::format("{}: its {} are 0 and 1: 1 is shown as white (data.white: 255 if it is not)",
                    name(), header.width == 1 ? "bytes" : "numbers"));
  } else if (given.black == 0 && spans_minus_one_to_one(peeked_)) {
    given.black = -1;
    add_note(name() +
             ": its values go from -1 to 1: -1 is shown as black (data.white: 1 if 0 is black)");
  }
  return {given, 1};
}

Extent ArrayImages::extent_of_all() {
  Extent extent;
  constexpr int64_t kAtOnce = 64;
  for (int64_t first = 0; first < count(); first += kAtOnce)
    extent.add(array_.rows(first, std::min(kAtOnce, count() - first)));
  return extent;
}

Tensor ArrayImages::read(int64_t first, int64_t count, std::vector<UnreadableImage>& unreadable) {
  const Tensor values = array_.rows(first, count);
  if (values.scalar_type() == at::kByte && range_.black() == 0 && range_.white() == 255)
    return layout_.arrange(values).contiguous();
  const Tensor beyond = range_.beyond(values);
  if (beyond.any().item<bool>()) {
    const auto image = beyond.to(at::kByte).argmax().item<int64_t>();
    range_.refuse(name(), values[image], first + image, extent_of_all());
  }
  if (!array_.header().whole_numbers()) {
    const Tensor broken = not_finite(values).nonzero().flatten();
    for (int64_t i = 0; i < broken.numel(); ++i) {
      const int64_t image = first + broken[i].item<int64_t>();
      unreadable.push_back({image, fmt::format("{}: NaN or infinity in image {}", name(), image)});
    }
  }
  return range_.to_bytes(layout_.arrange(values));
}

}  // namespace latent
