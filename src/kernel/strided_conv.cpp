#include "kernel/strided_conv.h"

#include <algorithm>
#include <vector>

#include "kernel/floats.h"
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

constexpr int64_t kMostFloats = int64_t{1} << 24;  // of an image: offsets have 32 bits

// Images that a thread works on at a time: three, since the pixels of most maps then fill whole
// groups of rows, if there are so many and it finds them in its cache.
int64_t images_of_block(const StridedConv& conv) {
  constexpr int64_t kBlock = 3, kMostOfCache = int64_t{1} << 19;
  const bool is_small = kBlock * (conv.large.floats() + conv.small.floats()) <= kMostOfCache;
  return is_small && conv.images >= kBlock * most_threads() ? kBlock : 1;
}

// One direction's product.
class Product {
 public:
  Product(const StridedConv& conv, Direction direction, const float* weight)
      : conv_(conv),
        direction_(direction),
        in_(direction == Direction::kDown ? conv.large : conv.small),
        out_(direction == Direction::kDown ? conv.small : conv.large),
        block_(images_of_block(conv)),
        zeros_(static_cast<size_t>(std::max(in_.channels, kMostColumns)), 0.0F) {
    // Pixels that the same taps reach lie `stride` apart; on the way down all do.
    const int64_t step = direction == Direction::kDown ? 1 : conv.stride;
    for (int64_t y = 0; y < std::min(step, out_.height); ++y) {
      for (int64_t x = 0; x < std::min(step, out_.width); ++x)
        add_part({.y = y, .x = x}, step);
    }
    pack(weight);
  }

  // gate: null, or as out, which is multiplied by `slope` where it is not positive.
  void multiply(const float* in, const float* bias, float* out, int64_t images,
                const float* gate = nullptr, float slope = 1) const {
    for (int64_t i = 0; i < images;) {
      const bool is_block = block_ > 1 && images - i >= block_;
      for (const Part& part : parts_)
        multiply_part(part, is_block ? part.block : part.image, in + i * in_.floats(), bias,
                      out + i * out_.floats(), gate == nullptr ? nullptr : gate + i * out_.floats(),
                      slope);
      i += is_block ? block_ : 1;
    }
  }

 private:
  // Where the rows of a product come from and go to.
  struct Rows {
    std::vector<int32_t> offsets;  // [groups, taps, kRows] into the input
    std::vector<int32_t> targets;  // [groups, kRows] into the output
  };

  // Pixels of the output that the same taps reach.
  struct Part {
    std::vector<int64_t> taps;
    Floats weights;     // panel by panel [taps, in channels, width of the panel]
    Rows image, block;  // of one image and of block_
  };

  void add_part(const Pixel& first, int64_t step) {
    Part part;
    for (int64_t tap = 0; tap < conv_.taps(); ++tap) {
      if (direction_ == Direction::kDown || reaches(conv_, first, tap)) part.taps.push_back(tap);
    }
    std::vector<Pixel> pixels;
    for (int64_t y = first.y; y < out_.height; y += step) {
      for (int64_t x = first.x; x < out_.width; x += step)
        pixels.push_back({.y = y, .x = x});
    }
    part.image = rows(part.taps, pixels, 1);
    if (block_ > 1) part.block = rows(part.taps, pixels, block_);
    part.weights.resize(part.taps.size() * static_cast<size_t>(in_.channels * out_.channels));
    parts_.push_back(std::move(part));
  }

  Rows rows(const std::vector<int64_t>& taps, const std::vector<Pixel>& pixels,
            int64_t images) const {
    const size_t count = pixels.size() * static_cast<size_t>(images);
    const size_t groups = (count + kRows - 1) / kRows;
    Rows rows{.offsets = std::vector<int32_t>(groups * taps.size() * kRows, kOutside),
              .targets = std::vector<int32_t>(groups * kRows, kOutside)};
    for (size_t row = 0; row < count; ++row) {
      const auto image = static_cast<int64_t>(row / pixels.size());
      const Pixel& pixel = pixels[row % pixels.size()];
      rows.targets[row] = static_cast<int32_t>(image * out_.floats()) + offset(out_, pixel);
      int32_t* offsets = rows.offsets.data() + row / kRows * taps.size() * kRows + row % kRows;
      for (const int64_t tap : taps) {
        const Pixel source = direction_ == Direction::kDown ? large_pixel(conv_, pixel, tap)
                                                            : small_pixel(conv_, pixel, tap);
        if (is_in(in_, source))
          *offsets = static_cast<int32_t>(image * in_.floats()) + offset(in_, source);
        offsets += kRows;
      }
    }
    return rows;
  }

  void pack(const float* weight) {
    struct Copy {
      int64_t tap, column, width;
      float* panel;
    };
    std::vector<Copy> copies;
    for (Part& part : parts_) {
      float* panel = part.weights.data();
      for (int64_t column = 0, width = 0; column < out_.channels; column += width) {
        width = panel_width(out_.channels, column);
        for (const int64_t tap : part.taps) {
          copies.push_back({.tap = tap, .column = column, .width = width, .panel = panel});
          panel += in_.channels * width;
        }
      }
    }
    on_threads(static_cast<int64_t>(copies.size()), [&](int, int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const Copy& copy = copies[static_cast<size_t>(i)];
        copy_weights(weight, copy.tap, copy.column, copy.width, copy.panel);
      }
    });
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

  void multiply_part(const Part& part, const Rows& rows, const float* in, const float* bias,
                     float* out, const float* gate, float slope) const {
    const auto taps = static_cast<int64_t>(part.taps.size());
    if (taps == 0) {  // a stride larger than the kernel; a gate would meet a bias of zeros
      for (const int32_t target : rows.targets) {
        if (target != kOutside) std::copy_n(bias, out_.channels, out + target);
      }
      return;
    }
    multiply_gathered({.a = in,
                       .zeros = zeros_.data(),
                       .offsets = rows.offsets.data(),
                       .taps = taps,
                       .depth = in_.channels,
                       .b = part.weights.data(),
                       .columns = out_.channels,
                       .bias = bias,
                       .out = out,
                       .targets = rows.targets.data(),
                       .groups = static_cast<int64_t>(rows.targets.size()) / kRows,
                       .gate = gate,
                       .slope = slope});
  }

  const StridedConv& conv_;
  Direction direction_;
  const FeatureMap &in_, &out_;
  int64_t block_;  // images that are multiplied together
  Floats zeros_;
  std::vector<Part> parts_;
};

// The gradient of the weight: sums [taps, left channels, right channels], where left and right are
// the small and the large map, or the other way round if wider panels fit the small one.
class OuterProducts {
 public:
  explicit OuterProducts(const StridedConv& conv)
      : conv_(conv),
        is_turned_(panel_width(conv.small.channels, 0) > panel_width(conv.large.channels, 0)),
        images_(std::clamp<int64_t>(kPixels / conv.small.pixels(), 1,
                                    std::max<int64_t>(1, kMostFloats / conv.large.floats()))) {
    const int64_t rows = std::max<int64_t>(1, kPixels / conv.small.width);
    for (int64_t y = 0; y < conv.small.height; y += rows)
      add_band(y, std::min(conv.small.height, y + rows));
  }

  /// How many images are best added at once: several where they are small.
  int64_t images() const { return images_; }
  size_t size() const {
    return static_cast<size_t>(conv_.taps() * conv_.small.channels * conv_.large.channels);
  }

  void add(const float* small, const float* large, int64_t images, float* sums) const {
    for (int64_t i = 0; i < images; i += images_) {
      add_few(small + i * conv_.small.floats(), large + i * conv_.large.floats(),
              std::min(images_, images - i), sums);
    }
  }

  // A row of the weight, [large channels], from the sums of all pixels.
  void add_row(const float* sums, int64_t small, int64_t tap, float* row) const {
    const int64_t columns = conv_.large.channels, stride = conv_.small.channels;
    const float* of_tap = sums + tap * stride * columns;
    if (!is_turned_) return add_rows(of_tap + small * columns, 1, columns, row);
    for (int64_t c = 0; c < columns; ++c)
      row[c] += of_tap[c * stride + small];
  }

 private:
  // So many pixels of the small map, and those of the large one around them, fit into a core's
  // first cache.
  static constexpr int64_t kPixels = 64;

  // What a tap connects in some rows of the small map, image after image.
  struct Band {
    int64_t tap;
    int64_t pairs_of_image;
    std::vector<int32_t> pairs;  // [images, pairs of an image, (left, right)]
  };

  void add_band(int64_t begin, int64_t end) {
    for (int64_t tap = 0; tap < conv_.taps(); ++tap) {
      Band band{.tap = tap, .pairs_of_image = 0, .pairs = {}};
      for (int64_t image = 0; image < images_; ++image) {
        for (int64_t y = begin; y < end; ++y) {
          for (int64_t x = 0; x < conv_.small.width; ++x) {
            const Pixel small{.y = y, .x = x}, large = large_pixel(conv_, small, tap);
            if (!is_in(conv_.large, large)) continue;
            const int32_t pair[] = {
                static_cast<int32_t>(image * conv_.small.floats()) + offset(conv_.small, small),
                static_cast<int32_t>(image * conv_.large.floats()) + offset(conv_.large, large)};
            band.pairs.push_back(pair[is_turned_ ? 1 : 0]);
            band.pairs.push_back(pair[is_turned_ ? 0 : 1]);
          }
        }
      }
      band.pairs_of_image = static_cast<int64_t>(band.pairs.size()) / 2 / images_;
      bands_.push_back(std::move(band));
    }
  }

  void add_few(const float* small, const float* large, int64_t images, float* sums) const {
    const float *left = is_turned_ ? large : small, *right = is_turned_ ? small : large;
    const int64_t rows = (is_turned_ ? conv_.large : conv_.small).channels;
    const int64_t columns = (is_turned_ ? conv_.small : conv_.large).channels;
    for (const Band& band : bands_) {
      add_gathered_outer_products({.a = left,
                                   .b = right,
                                   .pairs = band.pairs.data(),
                                   .count = images * band.pairs_of_image,
                                   .rows = rows,
                                   .columns = columns,
                                   .sum = sums + band.tap * rows * columns,
                                   .stride = columns});
    }
  }

  const StridedConv& conv_;
  bool is_turned_;
  int64_t images_;  // several where they are small
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
  Floats values_;
};

}  // namespace

bool fits(const StridedConv& conv) {
  return conv.images > 0 && conv.small.floats() > 0 && conv.large.floats() > 0 &&
         conv.small.channels % kLanes == 0 && conv.large.channels % kLanes == 0 &&
         conv.small.floats() <= kMostFloats && conv.large.floats() <= kMostFloats;
}

void forward(const StridedConv& conv, Direction direction, const float* input, const float* weight,
             const float* bias, float* output) {
  const bool is_down = direction == Direction::kDown;
  const int64_t in = (is_down ? conv.large : conv.small).floats();
  const int64_t out = (is_down ? conv.small : conv.large).floats();
  const int64_t block = images_of_block(conv);
  const Product product(conv, direction, weight);
  Turns turns(conv.images, block);
  on_threads(most_threads(), [&](int, int64_t, int64_t) {
    Activated activated(conv.slope);
    for (int64_t i = 0, end = 0; turns.take(i, end);) {
      product.multiply(activated(input + i * in, (end - i) * in), bias, output + i * out, end - i);
    }
  });
}

void backward(const StridedConv& conv, Direction direction, const float* input, const float* weight,
              const float* output_gradient, const Gradients& gradients) {
  const bool is_down = direction == Direction::kDown;
  const FeatureMap& in = is_down ? conv.large : conv.small;
  const FeatureMap& out = is_down ? conv.small : conv.large;
  const Product back(conv, is_down ? Direction::kUp : Direction::kDown, weight);
  const Floats no_bias(static_cast<size_t>(in.channels), 0.0F);
  const OuterProducts products(conv);
  const int64_t block = images_of_block(conv);
  const int64_t together = (products.images() + block - 1) / block * block;
  struct Sums {
    Floats weight, bias;
  };
  std::vector<Sums> sums(static_cast<size_t>(most_threads()));
  on_threads(conv.images, [&](int thread, int64_t begin, int64_t end) {
    Sums& sum = sums[static_cast<size_t>(thread)];
    sum.weight.assign(products.size(), 0.0F);
    sum.bias.assign(static_cast<size_t>(out.channels), 0.0F);
    Activated activated(conv.slope);
    for (int64_t i = begin; i < end; i += together) {
      const int64_t images = std::min(together, end - i), floats = images * in.floats();
      const float *entering = input + i * in.floats(),
                  *arriving = output_gradient + i * out.floats();
      add_rows(arriving, images * out.pixels(), out.channels, sum.bias.data());
      if (gradients.input != nullptr) {
        float* leaving = gradients.input + i * in.floats();
        back.multiply(arriving, no_bias.data(), leaving, images,
                      conv.slope == 1 ? nullptr : entering, conv.slope);
      }
      const float* active = activated(entering, floats);
      products.add(is_down ? arriving : active, is_down ? active : arriving, images,
                   sum.weight.data());
    }
  });

  // In the order of the threads: the same bits each time.
  const int64_t taps = conv.taps();
  on_threads(conv.small.channels * taps, [&](int, int64_t begin, int64_t end) {
    const int64_t columns = conv.large.channels;
    std::fill_n(gradients.weight + begin * columns, (end - begin) * columns, 0.0F);
    for (const Sums& sum : sums) {
      if (sum.weight.empty()) continue;
      for (int64_t row = begin; row < end; ++row) {
        products.add_row(sum.weight.data(), row / taps, row % taps,
                         gradients.weight + row * columns);
      }
    }
  });
  std::fill_n(gradients.bias, out.channels, 0.0F);
  for (const Sums& sum : sums) {
    if (!sum.bias.empty()) add_rows(sum.bias.data(), 1, out.channels, gradients.bias);
  }
}

}  // namespace latent::kernel
