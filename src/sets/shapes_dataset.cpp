// The data set `shapes`: needs no file, and every image comes with its exact factors.
#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "core/error.h"
#include "core/parallel.h"
#include "data/prepare/fit.h"
#include "pack/packed_dataset.h"
#include "sets/registry.h"
#include "sets/shapes.h"
#include "sets/shapes_grid.h"

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

/// What the images are drawn from.
struct Drawing {
  ImageShape shape;
  bool grid = false;  // the factors are on the grid of dSprites

  Factors factors(uint64_t index) const {
    const Factors drawn = draw_factors(index);
    return grid ? grid_factors(grid_number(drawn)) : drawn;
  }
};

using FactorsOf = std::function<Factors(int64_t)>;  // of image 0, 1, ...

std::vector<Attribute> attributes_of(int64_t count, const ImageShape& shape,
                                     const FactorsOf& factors_of) {
  const Tensor values = torch::empty({kFactorCount, count}, at::kDouble);
  auto value = values.accessor<double, 2>();
  parallel_for(count, 4096, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Factors factors = factors_of(i);
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

// pixels: room for `count` images.
void draw(int64_t count, const ImageShape& shape, const FactorsOf& factors_of, uint8_t* pixels) {
  parallel_for(count, 256, [&](int64_t begin, int64_t end) {
    std::memset(pixels + begin * shape.values(), 0,
                static_cast<size_t>((end - begin) * shape.values()));
    for (int64_t i = begin; i < end; ++i)
      render_shape(factors_of(i), shape, pixels + i * shape.values());
  });
}

Examples drawn_examples(int64_t count, const ImageShape& shape, const FactorsOf& factors_of) {
  Examples examples;
  examples.pixels = torch::empty({count, shape.height, shape.width, shape.channels}, at::kByte);
  draw(count, shape, factors_of, examples.pixels.mutable_data_ptr<uint8_t>());
  examples.attributes = attributes_of(count, shape, factors_of);
  return examples;
}

// The factors of the images of a split, from its image `first` on.
FactorsOf from(const Drawing& drawing, size_t split, int64_t first = 0) {
  const uint64_t start = kFirst[split] + static_cast<uint64_t>(first);
  return [=](int64_t i) { return drawing.factors(start + static_cast<uint64_t>(i)); };
}

/// All splits, one after the other, for a pack.
class ShapesSource : public ImageSource {
 public:
  ShapesSource(int64_t count, Drawing drawing) : counts_(split_counts(count)), drawing_(drawing) {}

  int64_t count() const override { return counts_[0] + counts_[1] + counts_[2]; }
  ImageShape shape() override { return drawing_.shape; }
  std::string name() const override { return "shapes"; }
  std::string key() const override {
    return fmt::format("shapes, drawing {}\n{} of {}{}", kDrawing, fmt::join(counts_, " + "),
                       drawing_.shape.text(), drawing_.grid ? " on a grid" : "");
  }

  std::vector<UnreadableImage> read(int64_t first, int64_t count, uint8_t* pixels) override {
    int64_t begin = 0;  // of the split
    for (size_t split = 0; split < counts_.size(); begin += counts_[split++]) {
      const int64_t low = std::max(first, begin);
      const int64_t to = std::min(first + count, begin + counts_[split]);
      if (low >= to) continue;
      draw(to - low, drawing_.shape, from(drawing_, split, low - begin),
           pixels + (low - first) * drawing_.shape.values());
    }
    return {};
  }

 private:
  std::array<int64_t, 3> counts_;
  Drawing drawing_;
};

class ShapesDataset : public Dataset {
 public:
  ShapesDataset(int64_t count, Drawing drawing) : counts_(split_counts(count)), drawing_(drawing) {}

  Examples load(Split split) const override {
    const auto which = static_cast<size_t>(split);
    return drawn_examples(counts_[which], drawing_.shape, from(drawing_, which));
  }

 private:
  std::array<int64_t, 3> counts_;
  Drawing drawing_;
};

std::unique_ptr<Dataset> open_shapes(int64_t count, const Drawing& drawing, bool pack) {
  if (!pack) return std::make_unique<ShapesDataset>(count, drawing);
  PackedParts parts{.source = std::make_unique<ShapesSource>(count, drawing),
                    .counts = split_counts(count),
                    .attributes = {},
                    .names = {},
                    .notice = "",
                    .policy = {}};
  std::vector<std::vector<Tensor>> values(kFactorCount);
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    const auto which = static_cast<size_t>(split);
    auto factors = attributes_of(parts.counts[which], drawing.shape, from(drawing, which));
    for (size_t f = 0; f < factors.size(); ++f)
      values[f].push_back(factors[f].values);
    parts.attributes = std::move(factors);
  }
  for (size_t f = 0; f < parts.attributes.size(); ++f)
    parts.attributes[f].values = at::cat(values[f]);
  return packed_dataset(std::move(parts));
}

std::shared_ptr<const FactorGrid> grid_of(const ImageShape& shape) {
  FactorGrid grid{.factors = shapes_grid_factors(), .render = {}};
  grid.render = [shape, limit = grid.count()](const Tensor& numbers) {
    const Tensor wanted = numbers.to(at::kLong).contiguous();
    const auto* number = wanted.const_data_ptr<int64_t>();
    for (int64_t i = 0; i < wanted.numel(); ++i)
      TORCH_CHECK(0 <= number[i] && number[i] < limit, "no image ", number[i], " of the grid");
    return drawn_examples(wanted.numel(), shape,
                          [number](int64_t i) { return grid_factors(number[i]); });
  };
  return std::make_shared<const FactorGrid>(std::move(grid));
}

}  // namespace

DatasetPlan configure_shapes(Section& data) {
  int64_t count = 20000, channels = 1;
  std::vector<int64_t> size = {32, 32};
  std::string pack = "auto", grid = "none";
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
  data.read("grid", grid, OneOf{{"none", "dsprites"}},
            "dsprites: draw each factor from the grid of dSprites (3 shapes, 6 scales, 40 "
            "rotations, 32 x and 32 y), so that scores of disentanglement can hold one fixed; "
            "none: from a continuous range");
  const ImageShape shape{channels, size[0], size[1]};
  const bool on_grid = grid == "dsprites";
  if (on_grid && channels == 3) {
    throw Error(data.where("grid") +
                ": got \"dsprites\" for coloured shapes; its factors have no hue; expected "
                "data.channels 1, or grid \"none\"");
  }
  const Drawing drawing{.shape = shape, .grid = on_grid};
  const bool packed =
      pack == "always" || (pack == "auto" && count * shape.values() > kMaxShapesInMemory);
  return {.open = [=] { return open_shapes(count, drawing, packed); },
          .fit = [](const Tensor& pixels) { return pixels; },
          .grid = on_grid ? grid_of(shape) : nullptr,
          .attribute_notes = {{"rotation",
                               "a square looks the same after a quarter turn and an ellipse after "
                               "half a turn: no code can tell these rotations apart"}}};
}

}  // namespace latent
