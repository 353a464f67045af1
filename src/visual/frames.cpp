#include "visual/frames.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

namespace latent::visual {
namespace {

constexpr int64_t kAimedFrameSide = 256;  // of one image
constexpr int64_t kAimedWidth = 640;      // of several side by side
constexpr int64_t kMaxColumns = 7;

int64_t choose_scale(const Tensor& images, int64_t columns) {
  const int64_t side = std::max(images.size(2), images.size(3));
  const int64_t aimed = std::min(kAimedFrameSide, kAimedWidth / columns);
  return std::max<int64_t>(1, (aimed + side / 2) / side);
}

// Returns the number of columns: as square as possible without an empty cell, unless rows would get
// too long.
int64_t choose_columns(int64_t count) {
  const auto square = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(count))));
  for (int64_t columns = square; columns <= std::min(count, kMaxColumns); ++columns) {
    if (count % columns == 0) return columns;
  }
  return square;
}

}  // namespace

std::vector<Picture> frames(const std::vector<Tensor>& images,
                            const std::vector<std::string>& captions, GridOptions options) {
  TORCH_CHECK(!images.empty(), "frames: no images");
  TORCH_CHECK(captions.empty() || captions.size() == images.size(), "frames: ", captions.size(),
              " captions; expected none or ", images.size());
  const int64_t count = images.front().size(0);
  if (options.columns == 0) options.columns = choose_columns(count);
  if (options.scale == 0 && options.width == 0 && options.height == 0)
    options.scale = choose_scale(images.front(), options.columns);
  if (count == 1 && options.cell_captions.empty()) options.gap = 0;
  if (!captions.empty() && options.height > 0)
    options.height -= caption_room(options.width > 0 ? options.width : options.height);
  std::vector<Picture> made;
  for (size_t i = 0; i < images.size(); ++i) {
    Picture frame = grid(images[i], options);
    made.push_back(captions.empty() ? std::move(frame) : with_caption(frame, captions[i]));
  }
  return made;
}

GridOptions frame_options(const Look& look) {
  GridOptions options = grid_options(look);
  options.columns = 0;
  return options;
}

std::vector<int64_t> spread(int64_t count, int64_t most) {
  const int64_t kept = std::min(count, most);
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < kept; ++i)
    indices.push_back(kept == 1 ? 0 : (i * (count - 1) + (kept - 1) / 2) / (kept - 1));
  return indices;
}

}  // namespace latent::visual
