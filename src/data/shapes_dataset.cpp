// The data set `shapes`: needs no file, and every image comes with its exact factors.
#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>

#include "core/error.h"
#include "data/fit.h"
#include "data/registry.h"
#include "data/shapes.h"

namespace latent {
namespace {

constexpr int64_t kFewest = 64;  // images of the validation and the test set

// The splits draw from ranges of indices far apart, so that an image never depends on the size of a
// split.
constexpr uint64_t kFirst[] = {0, uint64_t{1} << 40, uint64_t{2} << 40};

class ShapesDataset : public Dataset {
 public:
  ShapesDataset(int64_t count, ImageShape size) : count_(count), size_(size) {}

  Examples load(Split split) const override {
    const int64_t count = split == Split::kTrain ? count_ : std::max(count_ / 10, kFewest);
    const uint64_t first = kFirst[static_cast<size_t>(split)];
    Examples examples;
    examples.pixels = torch::zeros({count, size_.height, size_.width, size_.channels}, at::kByte);
    const Tensor values = torch::empty({kFactorCount, count}, at::kDouble);
    uint8_t* pixels = examples.pixels.mutable_data_ptr<uint8_t>();
    auto value = values.accessor<double, 2>();
    at::parallel_for(0, count, 256, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const Factors factors = draw_factors(first + static_cast<uint64_t>(i));
        render_shape(factors, size_, pixels + i * size_.pixels());
        const double row[] = {static_cast<double>(factors.shape),
                              factors.scale,
                              factors.rotation,
                              factors.x,
                              factors.y,
                              factors.hue};
        for (int64_t f = 0; f < kFactorCount; ++f)
          value[f][i] = row[f];
      }
    });
    const char* const names[] = {"shape", "scale", "rotation", "x", "y", "hue"};
    for (int64_t f = 0; f < kFactorCount - (size_.channels == 3 ? 0 : 1); ++f) {
      examples.attributes.push_back({names[f], values[f].clone(), {}});
    }
    examples.attributes.front().classes = {"square", "ellipse", "heart"};
    return examples;
  }

 private:
  static constexpr int64_t kFactorCount = 6;  // the last is the hue, of coloured images only

  int64_t count_;
  ImageShape size_;
};

}  // namespace

DatasetPlan configure_shapes(Section& data) {
  int64_t count = 20000, channels = 1;
  std::vector<int64_t> size = {32, 32};
  data.read("count", count, between(1, 1e8),
            "training images; validation and test have a tenth each, at least 64");
  read_size(data, "size", size, false, "height and width of the images");
  data.read("channels", channels, between(1, 3), "1: white shapes, 3: coloured ones, with a hue");
  if (channels == 2) throw Error(data.where("channels") + ": got 2; expected 1 or 3");
  const ImageShape shape{channels, size[0], size[1]};
  return {.open = [=] { return std::make_unique<ShapesDataset>(count, shape); },
          .prepare = [](const Tensor& pixels) { return pixels; }};
}

}  // namespace latent
