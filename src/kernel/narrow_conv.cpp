#include "kernel/narrow_conv.h"

#include <algorithm>
#include <vector>

#include "kernel/lanes.h"
#include "kernel/threads.h"

namespace latent::kernel {
namespace {

constexpr int64_t kMostTaps = 64;

int64_t padded(int64_t taps) { return (taps + kLanes - 1) / kLanes * kLanes; }

// The rows of one image while it is worked on, and what all images share.
struct Work {
  explicit Work(const NarrowConv& c)
      : conv(c),
        columns(padded(c.taps())),
        pad(c.size / 2),
        row(c.width * c.channels),
        active(static_cast<size_t>(row)),
        products(static_cast<size_t>(c.size * c.width * columns)) {}

  // Row y of the products lies in a ring of `size` rows.
  float* ring(int64_t y) { return products.data() + y % conv.size * conv.width * columns; }

  const NarrowConv& conv;
  int64_t columns;  // taps, padded to whole vectors
  int64_t pad;
  int64_t row;                  // floats of a row of the input
  std::vector<float> active;    // [W, C] a row of the input, activated
  std::vector<float> products;  // [size, W, columns]
};

// A row of the input, activated: the row itself if there is nothing to do.
const float* activated(Work& work, const float* row) {
  if (work.conv.slope == 1) return row;
  activate(row, work.conv.slope, work.row, work.active.data());
  return work.active.data();
}

// Row y of the output from the products of the rows around it.
void add_shifted_rows(Work& work, int64_t y, const float* bias, float* output) {
  const NarrowConv& c = work.conv;
  for (int64_t x = 0; x < c.width; ++x) {
    for (int64_t o = 0; o < c.outputs; ++o)
      output[x * c.outputs + o] = bias[o];
  }
  for (int64_t ky = 0; ky < c.size; ++ky) {
    const int64_t source = y + ky - work.pad;
    if (source < 0 || source >= c.height) continue;
    for (int64_t kx = 0; kx < c.size; ++kx) {
      const int64_t shift = kx - work.pad;
      const int64_t first = std::max<int64_t>(0, -shift);
      const int64_t last = std::min(c.width, c.width - shift);
      const float* tap = work.ring(source) + (ky * c.size + kx) * c.outputs;
      for (int64_t x = first; x < last; ++x) {
        for (int64_t o = 0; o < c.outputs; ++o)
          output[x * c.outputs + o] += tap[(x + shift) * work.columns + o];
      }
    }
  }
}

void forward_image(Work& work, const float* input, const float* weight, const float* bias,
                   float* output) {
  const NarrowConv& c = work.conv;
  for (int64_t y = 0; y < c.height + work.pad; ++y) {
    if (y < c.height) {
      multiply(activated(work, input + y * work.row), c.channels, c.width, c.channels, weight,
               work.columns, work.ring(y));
    }
    if (y >= work.pad)
      add_shifted_rows(work, y - work.pad, bias, output + (y - work.pad) * c.width * c.outputs);
  }
}

// What reaches row y of the input, tap by tap: [W, columns].
void gather_gradient(Work& work, int64_t y, const float* gradient, float* gathered) {
  const NarrowConv& c = work.conv;
  std::fill_n(gathered, c.width * work.columns, 0.0F);
  for (int64_t ky = 0; ky < c.size; ++ky) {
    const int64_t target = y - (ky - work.pad);
    if (target < 0 || target >= c.height) continue;
    const float* row = gradient + target * c.width * c.outputs;
    for (int64_t kx = 0; kx < c.size; ++kx) {
      const int64_t shift = kx - work.pad;
      const int64_t first = std::max<int64_t>(0, shift);
      const int64_t last = std::min(c.width, c.width + shift);
      float* tap = gathered + (ky * c.size + kx) * c.outputs;
      for (int64_t x = first; x < last; ++x) {
        for (int64_t o = 0; o < c.outputs; ++o)
          tap[x * work.columns + o] = row[(x - shift) * c.outputs + o];
      }
    }
  }
}

// weight: [taps, C].  weight_gradient: [C, columns], added to.
void backward_image(Work& work, const float* input, const float* weight, const float* gradient,
                    float* input_gradient, float* weight_gradient) {
  const NarrowConv& c = work.conv;
  for (int64_t y = 0; y < c.height; ++y) {
    const float* row = input + y * work.row;
    float* target = input_gradient + y * work.row;
    float* gathered = work.ring(0);
    gather_gradient(work, y, gradient, gathered);
    multiply(gathered, work.columns, c.width, c.taps(), weight, c.channels, target);
    add_outer_products(activated(work, row), c.channels, gathered, work.columns, c.width,
                       weight_gradient);
    if (c.slope != 1) damp_negative(row, c.slope, work.row, target);
  }
}

}  // namespace

bool fits(const NarrowConv& conv) {
  return conv.channels % kLanes == 0 && conv.size % 2 == 1 && conv.taps() <= kMostTaps &&
         conv.images > 0;
}

void forward(const NarrowConv& conv, const float* input, const float* weight, const float* bias,
             float* output) {
  const int64_t taps = conv.taps(), columns = padded(taps);
  std::vector<float> wide(static_cast<size_t>(conv.channels * columns));  // [C, columns]
  for (int64_t c = 0; c < conv.channels; ++c)
    std::copy_n(weight + c * taps, taps, wide.data() + c * columns);
  const int64_t pixels = conv.height * conv.width;
  on_threads(conv.images, [&](int, int64_t begin, int64_t end) {
    Work work(conv);
    for (int64_t i = begin; i < end; ++i) {
      forward_image(work, input + i * pixels * conv.channels, wide.data(), bias,
                    output + i * pixels * conv.outputs);
    }
  });
}

void backward(const NarrowConv& conv, const float* input, const float* weight,
              const float* gradient, float* input_gradient, float* weight_gradient) {
  const int64_t taps = conv.taps(), columns = padded(taps);
  std::vector<float> turned(static_cast<size_t>(taps * conv.channels));  // [taps, C]
  for (int64_t c = 0; c < conv.channels; ++c) {
    for (int64_t t = 0; t < taps; ++t)
      turned[static_cast<size_t>(t * conv.channels + c)] = weight[c * taps + t];
  }
  const int64_t pixels = conv.height * conv.width;
  const auto size = static_cast<size_t>(conv.channels * columns);
  std::vector<std::vector<float>> sums(static_cast<size_t>(most_threads()));
  on_threads(conv.images, [&](int thread, int64_t begin, int64_t end) {
    std::vector<float>& sum = sums[static_cast<size_t>(thread)];
    sum.assign(size, 0.0F);
    Work work(conv);
    for (int64_t i = begin; i < end; ++i) {
      const int64_t at = i * pixels * conv.channels;
      backward_image(work, input + at, turned.data(), gradient + i * pixels * conv.outputs,
                     input_gradient + at, sum.data());
    }
  });
  std::fill_n(weight_gradient, conv.channels * taps, 0.0F);
  for (const auto& sum : sums) {  // in the order of the threads: the same bits each time
    if (sum.empty()) continue;
    for (int64_t c = 0; c < conv.channels; ++c) {
      for (int64_t t = 0; t < taps; ++t)
        weight_gradient[c * taps + t] += sum[static_cast<size_t>(c * columns + t)];
    }
  }
}

}  // namespace latent::kernel
