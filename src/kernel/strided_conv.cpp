#include "kernel/strided_conv.h"

#include <algorithm>
#include <vector>

#include "kernel/lanes.h"
#include "kernel/threads.h"

namespace latent::kernel {
namespace {

struct Pixel {
  int64_t y, x;
};

bool is_in(const FeatureMap& map, const Pixel& pixel) {
  return pixel.y >= 0 && pixel.y < map.height && pixel.x >= 0 && pixel.x < map.width;
}

int32_t offset(const FeatureMap& map, const Pixel& pixel) {
  return static_cast<int32_t>((pixel.y * map.width + pixel.x) * map.channels);
}

Pixel large_pixel(const StridedConv& conv, const Pixel& small, int64_t tap) {
  return {.y = conv.stride * small.y + tap / conv.size - conv.padding,
          .x = conv.stride * small.x + tap % conv.size - conv.padding};
}

// Whether a tap reaches a pixel of the large map, at least beyond the small map's border.
bool reaches(const StridedConv& conv, const Pixel& large, int64_t tap) {
  return (large.y + conv.padding - tap / conv.size) % conv.stride == 0 &&
         (large.x + conv.padding - tap % conv.size) % conv.stride == 0;
}

// From where: `reaches` must hold.
Pixel small_pixel(const StridedConv& conv, const Pixel& large, int64_t tap) {
  return {.y = (large.y + conv.padding - tap / conv.size) / conv.stride,
          .x = (large.x + conv.padding - tap % conv.size) / conv.stride};
}

// Columns are worked on in panels of two vectors, the last one maybe of one.
int64_t panel_width(int64_t columns, int64_t column) {
  return std::min(columns - column, 2 * kLanes);
}

// One direction's product, for an image at a time.
class Product {
 public:
  Product(const StridedConv& conv, Direction direction, const float* weight)
      : conv_(conv),
        direction_(direction),
        in_(direction == Direction::kDown ? conv.large : conv.small),
        out_(direction == Direction::kDown ? conv.small : conv.large),
        zeros_(static_cast<size_t>(in_.channels)) {
    // Pixels that the same taps reach lie `stride` apart; on the way down all do.
    const int64_t step = direction == Direction::kDown ? 1 : conv.stride;
    for (int64_t y = 0; y < std::min(step, out_.height); ++y) {
      for (int64_t x = 0; x < std::min(step, out_.width); ++x)
        add_part({.y = y, .x = x}, step, weight);
    }
  }

  void image(const float* in, const float* bias, float* out) const {
    for (int64_t column = 0; column < out_.channels; column += 2 * kLanes) {
      const int64_t width = panel_width(out_.channels, column);
      for (const Part& part : parts_) {
        const float* panel = part.weights.data() + part.taps * in_.channels * column;
        const int32_t* offsets = part.offsets.data();
        for (size_t group = 0; group < part.targets.size(); group += kRows) {
          multiply_gathered(in, zeros_.data(), offsets, part.taps, in_.channels, panel, width,
                            bias + column, out + column, part.targets.data() + group);
          offsets += part.taps * kRows;
        }
      }
    }
  }

 private:
  // Pixels of the output that the same taps reach, in groups of kRows.
  struct Part {
    int64_t taps = 0;
    std::vector<float> weights;    // panel by panel [taps, in channels, width of the panel]
    std::vector<int32_t> offsets;  // [groups, taps, kRows] into the input
    std::vector<int32_t> targets;  // [groups, kRows] into the output
  };

  void add_part(const Pixel& first, int64_t step, const float* weight) {
    std::vector<int64_t> taps;
    for (int64_t tap = 0; tap < conv_.taps(); ++tap) {
      if (direction_ == Direction::kDown || reaches(conv_, first, tap)) taps.push_back(tap);
    }
    std::vector<Pixel> pixels;
    for (int64_t y = first.y; y < out_.height; y += step) {
      for (int64_t x = first.x; x < out_.width; x += step)
        pixels.push_back({.y = y, .x = x});
    }
    while (pixels.size() % kRows != 0)
      pixels.push_back(pixels.back());  // computed again, to the same place
    Part part;
    part.taps = static_cast<int64_t>(taps.size());
    for (size_t group = 0; group < pixels.size(); group += kRows) {
      for (const int64_t tap : taps) {
        for (size_t r = group; r < group + kRows; ++r) {
          const Pixel source = direction_ == Direction::kDown ? large_pixel(conv_, pixels[r], tap)
                                                              : small_pixel(conv_, pixels[r], tap);
          part.offsets.push_back(is_in(in_, source) ? offset(in_, source) : kOutside);
        }
      }
      for (size_t r = group; r < group + kRows; ++r)
        part.targets.push_back(offset(out_, pixels[r]));
    }
    part.weights.resize(static_cast<size_t>(part.taps * in_.channels * out_.channels));
    float* panel = part.weights.data();
    for (int64_t column = 0; column < out_.channels; column += 2 * kLanes) {
      const int64_t width = panel_width(out_.channels, column);
      for (const int64_t tap : taps) {
        copy_weights(weight, tap, column, width, panel);
        panel += in_.channels * width;
      }
    }
    parts_.push_back(std::move(part));
  }

  // A tap's weights for `width` of the output's channels.  panel: [in channels, width].
  void copy_weights(const float* weight, int64_t tap, int64_t column, int64_t width,
                    float* panel) const {
    const auto from = [&](int64_t small) {
      return weight + (small * conv_.taps() + tap) * conv_.large.channels;
    };
    if (direction_ == Direction::kUp) {
      for (int64_t k = 0; k < in_.channels; ++k)
        std::copy_n(from(k) + column, width, panel + k * width);
      return;
    }
    for (int64_t c = 0; c < width; ++c) {
      const float* row = from(column + c);
      for (int64_t k = 0; k < in_.channels; ++k)
        panel[k * width + c] = row[k];
    }
  }

  const StridedConv& conv_;
  Direction direction_;
  const FeatureMap &in_, &out_;
  std::vector<float> zeros_;
  std::vector<Part> parts_;
};

// The gradient of the weight, of some images at a time: sums [taps, small channels, large
// channels].
class OuterProducts {
 public:
  explicit OuterProducts(const StridedConv& conv)
      : conv_(conv), images_(std::max<int64_t>(1, kPixels / conv.small.pixels())) {
    const int64_t rows = std::max<int64_t>(1, kPixels / conv.small.width);
    for (int64_t y = 0; y < conv.small.height; y += rows)
      add_band(y, std::min(conv.small.height, y + rows));
  }

  /// How many images `add` takes at most: several where they are small.
  int64_t images() const { return images_; }
  size_t size() const {
    return static_cast<size_t>(conv_.taps() * conv_.small.channels * conv_.large.channels);
  }

  void add(const float* small, const float* large, int64_t images, float* sums) const {
    const int64_t rows = conv_.small.channels, columns = conv_.large.channels;
    for (const Band& band : bands_) {
      for (int64_t column = 0; column < columns; column += 2 * kLanes) {
        for (int64_t row = 0; row < rows; row += kRows) {
          add_gathered_outer_products(small + row, large + column, band.pairs.data(),
                                      images * band.pairs_of_image, panel_width(columns, column),
                                      sums + (band.tap * rows + row) * columns + column, columns);
        }
      }
    }
  }

 private:
  // So many pixels of the small map, and those of the large one around them, fit into a core's
  // first cache.
  static constexpr int64_t kPixels = 64;

  // What a tap connects in some rows of the small map, image after image.
  struct Band {
    int64_t tap;
    int64_t pairs_of_image;
    std::vector<int32_t> pairs;  // [images, pairs of an image, (small, large)]
  };

  void add_band(int64_t begin, int64_t end) {
    for (int64_t tap = 0; tap < conv_.taps(); ++tap) {
      Band band{.tap = tap, .pairs_of_image = 0, .pairs = {}};
      for (int64_t image = 0; image < images_; ++image) {
        for (int64_t y = begin; y < end; ++y) {
          for (int64_t x = 0; x < conv_.small.width; ++x) {
            const Pixel small{.y = y, .x = x}, large = large_pixel(conv_, small, tap);
            if (!is_in(conv_.large, large)) continue;
            band.pairs.push_back(static_cast<int32_t>(image * conv_.small.floats()) +
                                 offset(conv_.small, small));
            band.pairs.push_back(static_cast<int32_t>(image * conv_.large.floats()) +
                                 offset(conv_.large, large));
          }
        }
      }
      band.pairs_of_image = static_cast<int64_t>(band.pairs.size()) / 2 / images_;
      bands_.push_back(std::move(band));
    }
  }

  const StridedConv& conv_;
  int64_t images_;
  std::vector<Band> bands_;
};

// A thread's place for activated images: the images themselves if there is nothing to do.
class Activated {
 public:
  explicit Activated(float slope) : slope_(slope) {}

  const float* operator()(const float* images, int64_t count) {
    if (slope_ == 1) return images;
    values_.resize(static_cast<size_t>(count));
    activate(images, slope_, count, values_.data());
    return values_.data();
  }

 private:
  float slope_;
  std::vector<float> values_;
};

}  // namespace

bool fits(const StridedConv& conv) {
  constexpr int64_t kMostFloats = int64_t{1} << 24;  // of an image: offsets have 32 bits
  return conv.images > 0 && conv.small.channels % kLanes == 0 &&
         conv.large.channels % kLanes == 0 && conv.small.floats() <= kMostFloats &&
         conv.large.floats() <= kMostFloats;
}

void forward(const StridedConv& conv, Direction direction, const float* input, const float* weight,
             const float* bias, float* output) {
  const bool is_down = direction == Direction::kDown;
  const int64_t in = (is_down ? conv.large : conv.small).floats();
  const int64_t out = (is_down ? conv.small : conv.large).floats();
  const Product product(conv, direction, weight);
  on_threads(conv.images, [&](int, int64_t begin, int64_t end) {
    Activated activated(conv.slope);
    for (int64_t i = begin; i < end; ++i)
      product.image(activated(input + i * in, in), bias, output + i * out);
  });
}

void backward(const StridedConv& conv, Direction direction, const float* input, const float* weight,
              const float* output_gradient, const Gradients& gradients) {
  const bool is_down = direction == Direction::kDown;
  const FeatureMap& in = is_down ? conv.large : conv.small;
  const FeatureMap& out = is_down ? conv.small : conv.large;
  const Product back(conv, is_down ? Direction::kUp : Direction::kDown, weight);
  const std::vector<float> no_bias(static_cast<size_t>(in.channels));
  const OuterProducts products(conv);
  struct Sums {
    std::vector<float> weight, bias;
  };
  std::vector<Sums> sums(static_cast<size_t>(most_threads()));
  on_threads(conv.images, [&](int thread, int64_t begin, int64_t end) {
    Sums& sum = sums[static_cast<size_t>(thread)];
    sum.weight.assign(products.size(), 0.0F);
    sum.bias.assign(static_cast<size_t>(out.channels), 0.0F);
    Activated activated(conv.slope);
    for (int64_t first = begin; first < end; first += products.images()) {
      const int64_t images = std::min(products.images(), end - first);
      for (int64_t i = first; i < first + images; ++i) {
        const float* arriving = output_gradient + i * out.floats();
        add_rows(arriving, out.pixels(), out.channels, sum.bias.data());
        if (gradients.input == nullptr) continue;
        float* leaving = gradients.input + i * in.floats();
        back.image(arriving, no_bias.data(), leaving);
        if (conv.slope != 1)
          damp_negative(input + i * in.floats(), conv.slope, in.floats(), leaving);
      }
      const float* active = activated(input + first * in.floats(), images * in.floats());
      const float* arriving = output_gradient + first * out.floats();
      products.add(is_down ? arriving : active, is_down ? active : arriving, images,
                   sum.weight.data());
    }
  });

  const int64_t rows = conv.small.channels, columns = conv.large.channels;
  std::fill_n(gradients.weight, products.size(), 0.0F);
  std::fill_n(gradients.bias, out.channels, 0.0F);
  for (const Sums& sum : sums) {  // in the order of the threads: the same bits each time
    if (sum.weight.empty()) continue;
    add_rows(sum.bias.data(), 1, out.channels, gradients.bias);
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t tap = 0; tap < conv.taps(); ++tap) {
        add_rows(sum.weight.data() + (tap * rows + row) * columns, 1, columns,
                 gradients.weight + (row * conv.taps() + tap) * columns);
      }
    }
  }
}

}  // namespace latent::kernel
