// The data set `shapes`: needs no file, and every image comes with its exact factors.
#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "core/parallel.h"
#include "data/prepare/fit.h"
#include "pack/packed_dataset.h"
#include "sets/registry.h"
#include "sets/shapes.h"

namespace latent {
namespace {

constexpr int64_t kFewest = 64;  // images of the validation and the test set

// Sets of more bytes are drawn once into a pack, which need not fit into memory.
constexpr int64_t kMaxShapesInMemory = 256 << 20;

// Increase it when the drawing changes, so that packs are rebuilt.
constexpr int kDrawing = 1;

// The splits draw from ranges of indices far apart, so that an image never depends on the size of a
// split.
constexpr uint64_t kFirst[] = {0, uint64_t{1} << 40, uint64_t{2} << 40};

constexpr int64_t kFactorCount = 6;  // the last is the hue, of coloured images only

std::array<int64_t, 3> split_counts(int64_t count) {
  const int64_t few = std::max(count / 10, kFewest);
  return {count, few, few};
}

std::vector<Attribute> factors_of(Split split, int64_t count, const ImageShape& shape) {
  const Tensor values = torch::empty({kFactorCount, count}, at::kDouble);
  auto value = values.accessor<double, 2>();
  parallel_for(count, 4096, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Factors factors =
          draw_factors(kFirst[static_cast<size_t>(split)] + static_cast<uint64_t>(i));
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
  std::vector<Attribute> attributes;
  const char* const names[] = {"shape", "scale", "rotation", "x", "y", "hue"};
  for (int64_t f = 0; f < kFactorCount - (shape.channels == 3 ? 0 : 1); ++f)
    attributes.push_back({names[f], values[f].clone(), {}});
  attributes.front().classes = {"square", "ellipse", "heart"};
  return attributes;
}

// pixels: `count` images, drawn from `first` on.
void draw(uint64_t first, int64_t count, const ImageShape& shape, uint8_t* pixels) {
  parallel_for(count, 256, [&](int64_t begin, int64_t end) {
    std::memset(pixels + begin * shape.values(), 0,
                static_cast<size_t>((end - begin) * shape.values()));
    for (int64_t i = begin; i < end; ++i) {
      const Factors factors = draw_factors(first + static_cast<uint64_t>(i));
      render_shape(factors, shape, pixels + i * shape.values());
    }
  });
}

/// All splits, one after the other, for a pack.
class ShapesSource : public ImageSource {
 public:
  ShapesSource(int64_t count, ImageShape shape) : counts_(split_counts(count)), shape_(shape) {}

  int64_t count() const override { return counts_[0] + counts_[1] + counts_[2]; }
  ImageShape shape() override { return shape_; }
  std::string name() const override { return "shapes"; }
  std::string key() const override {
    return fmt::format("shapes, drawing {}\n{} of {}", kDrawing, fmt::join(counts_, " + "),
                       shape_.text());
  }

  std::vector<UnreadableImage> read(int64_t first, int64_t count, uint8_t* pixels) override {
    int64_t begin = 0;  // of the split
    for (size_t split = 0; split < counts_.size(); begin += counts_[split++]) {
      const int64_t from = std::max(first, begin);
      const int64_t to = std::min(first + count, begin + counts_[split]);
      if (from >= to) continue;
      draw(kFirst[split] + static_cast<uint64_t>(from - begin), to - from, shape_,
           pixels + (from - first) * shape_.values());
    }
    return {};
  }

 private:
  std::array<int64_t, 3> counts_;
  ImageShape shape_;
};

class ShapesDataset : public Dataset {
 public:
  ShapesDataset(int64_t count, ImageShape shape) : counts_(split_counts(count)), shape_(shape) {}

  Examples load(Split split) const override {
    const int64_t count = counts_[static_cast<size_t>(split)];
    Examples examples;
    examples.pixels =
        torch::empty({count, shape_.height, shape_.width, shape_.channels}, at::kByte);
    draw(kFirst[static_cast<size_t>(split)], count, shape_,
         examples.pixels.mutable_data_ptr<uint8_t>());
    examples.attributes = factors_of(split, count, shape_);
    return examples;
  }

 private:
  std::array<int64_t, 3> counts_;
  ImageShape shape_;
};

std::unique_ptr<Dataset> open_shapes(int64_t count, const ImageShape& shape, bool pack) {
  if (!pack) return std::make_unique<ShapesDataset>(count, shape);
  PackedParts parts{.source = std::make_unique<ShapesSource>(count, shape),
                    .counts = split_counts(count),
                    .attributes = {},
                    .names = {},
                    .notice = "",
                    .policy = {}};
  std::vector<std::vector<Tensor>> values(kFactorCount);
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    auto factors = factors_of(split, parts.counts[static_cast<size_t>(split)], shape);
    for (size_t f = 0; f < factors.size(); ++f)
      values[f].push_back(factors[f].values);
    parts.attributes = std::move(factors);
  }
  for (size_t f = 0; f < parts.attributes.size(); ++f)
    parts.attributes[f].values = at::cat(values[f]);
  return packed_dataset(std::move(parts));
}

}  // namespace

DatasetPlan configure_shapes(Section& data) {
  int64_t count = 20000, channels = 1;
  std::vector<int64_t> size = {32, 32};
  std::string pack = "auto";
  data.read(
      "count", count, between(1, 1e8),
      "number of training images; the validation and test splits have a tenth as many each, but at "
      "least 64");
  read_size(data, "size", size, false, "height and width of the images");
  data.read("channels", channels, either(1, 3),
            "1 for white shapes, 3 for coloured ones, with a hue");
  data.read("pack", pack, OneOf{{"auto", "always", "never"}},
            "whether to draw the images once into a pack in the cache; auto: if they take more "
            "than 256 MB");
  const ImageShape shape{channels, size[0], size[1]};
  const bool packed =
      pack == "always" || (pack == "auto" && count * shape.values() > kMaxShapesInMemory);
  return {.open = [=] { return open_shapes(count, shape, packed); },
          .fit = [](const Tensor& pixels) { return pixels; }};
}

}  // namespace latent
