#include "kernel/narrow_conv.h"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "kernel/floats.h"
#include "kernel/row_product.h"
#include "kernel/simd.h"
#include "kernel/threads.h"

namespace latent::kernel {
namespace {

constexpr int64_t kMaxTaps = 64;

int64_t padded(int64_t taps) { return (taps + kSimdFloats - 1) / kSimdFloats * kSimdFloats; }

// The rows of the image that a thread works on, and the sizes that all images share.
struct Work {
  explicit Work(const NarrowConv& c)
      : conv(c),
        columns(padded(c.taps())),
        pad(c.size / 2),
        row(c.width * c.channels),
        active(static_cast<size_t>(row)),
        products(static_cast<size_t>(c.size * c.width * columns)) {}

  // Returns row y of the products, which lies in a ring of `size` rows.
  float* ring(int64_t y) { return products.data() + y % conv.size * conv.width * columns; }

  const NarrowConv& conv;
  int64_t columns;  // taps, padded to whole vectors
  int64_t pad;
  int64_t row;      // floats of a row of the input
  Floats active;    // [W, C] a row of the input, activated
  Floats products;  // [size, W, columns]
};

// Returns a row of the input, activated: the row itself if the slope is 1.
const float* activated(Work& work, const float* row) {
  if (work.conv.slope == 1) return row;
  activate(row, work.conv.slope, work.row, work.active.data());
  return work.active.data();
}

// Calls a loop that is compiled for each usual number of outputs, and for any other (0).
template <typename Loop>
void with_outputs(int64_t outputs, const Loop& loop) {
  switch (outputs) {
    case 1:
      loop(std::integral_constant<int64_t, 1>());
      break;
    case 3:
      loop(std::integral_constant<int64_t, 3>());
      break;
    default:
      loop(std::integral_constant<int64_t, 0>());
      break;
  }
}

// Computes row y of the output from the products of the rows around it.
template <int64_t kOutputs>
void add_shifted_rows(Work& work, int64_t y, const float* bias, float* output) {
  const NarrowConv& c = work.conv;
  const int64_t outputs = kOutputs == 0 ? c.outputs : kOutputs, columns = work.columns;
  for (int64_t x = 0; x < c.width; ++x) {
    for (int64_t o = 0; o < outputs; ++o)
      output[x * outputs + o] = bias[o];
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
        for (int64_t o = 0; o < outputs; ++o)
          output[x * outputs + o] += tap[(x + shift) * columns + o];
      }
    }
  }
}

// product: of a row of the input with the weight.
void forward_image(Work& work, const RowProduct& product, const float* input, const float* bias,
                   float* output) {
  const NarrowConv& c = work.conv;
  for (int64_t y = 0; y < c.height + work.pad; ++y) {
    if (y < c.height) product.multiply(activated(work, input + y * work.row), work.ring(y));
    if (y < work.pad) continue;
    with_outputs(c.outputs, [&](auto outputs) {
      add_shifted_rows<outputs>(work, y - work.pad, bias,
                                output + (y - work.pad) * c.width * c.outputs);
    });
  }
}

// Gathers the gradients that reach row y of the input, tap by tap: [W, columns].
template <int64_t kOutputs>
void gather_gradient(Work& work, int64_t y, const float* gradient, float* gathered) {
  const NarrowConv& c = work.conv;
  const int64_t outputs = kOutputs == 0 ? c.outputs : kOutputs, columns = work.columns;
  std::fill_n(gathered, c.width * columns, 0.0F);
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
        for (int64_t o = 0; o < outputs; ++o)
          tap[x * columns + o] = row[(x - shift) * outputs + o];
      }
    }
  }
}

// The products of a backward pass with the gradients that reach a row of the input.
struct Back {
  RowProduct input;         // its gradient
  RowOuterProducts weight;  // the weight's, [taps, C], added to
};

void backward_image(Work& work, const Back& back, const float* input, const float* gradient,
                    float* input_gradient, float* weight_gradient) {
  const NarrowConv& c = work.conv;
  for (int64_t y = 0; y < c.height; ++y) {
    const float* row = input + y * work.row;
    float* gathered = work.ring(0);
    with_outputs(c.outputs,
                 [&](auto outputs) { gather_gradient<outputs>(work, y, gradient, gathered); });
    back.weight.add(gathered, activated(work, row), weight_gradient);
    back.input.multiply(gathered, input_gradient + y * work.row, c.slope == 1 ? nullptr : row,
                        c.slope);
  }
}

}  // namespace

bool fits(const NarrowConv& conv) {
  constexpr int64_t kMaxFloats = int64_t{1} << 24;  // of a row: offsets have 32 bits
  return conv.channels % kSimdFloats == 0 && conv.size % 2 == 1 && conv.taps() <= kMaxTaps &&
         conv.images > 0 && conv.width * std::max(conv.channels, kMaxTaps) <= kMaxFloats;
}

void forward(const NarrowConv& conv, const float* input, const float* weight, const float* bias,
             float* output) {
  const int64_t taps = conv.taps(), columns = padded(taps);
  Floats wide(static_cast<size_t>(conv.channels * columns), 0.0F);  // [C, columns]
  for (int64_t c = 0; c < conv.channels; ++c)
    std::copy_n(weight + c * taps, taps, wide.data() + c * columns);
  const RowProduct product({.rows = conv.width, .stride = conv.channels}, conv.channels,
                           wide.data(), columns, columns);
  const int64_t pixels = conv.height * conv.width;
  WorkQueue queue(conv.images, 1);
  on_threads(most_threads(), [&](int, int64_t, int64_t) {
    Work work(conv);
    for (int64_t i = 0, end = 0; queue.take(i, end);) {
      forward_image(work, product, input + i * pixels * conv.channels, bias,
                    output + i * pixels * conv.outputs);
    }
  });
}

void backward(const NarrowConv& conv, const float* input, const float* weight,
              const float* gradient, float* input_gradient, float* weight_gradient) {
  const int64_t taps = conv.taps(), columns = padded(taps);
  Floats turned(static_cast<size_t>(taps * conv.channels));  // [taps, C]
  for (int64_t c = 0; c < conv.channels; ++c) {
    for (int64_t t = 0; t < taps; ++t)
      turned[static_cast<size_t>(t * conv.channels + c)] = weight[c * taps + t];
  }
  const StridedRows gathered{.rows = conv.width, .stride = columns};
  const Back back{
      .input = RowProduct(gathered, taps, turned.data(), conv.channels, conv.channels),
      .weight = RowOuterProducts(gathered, (taps + 1) / 2 * 2, conv.channels, conv.channels)};
  const int64_t pixels = conv.height * conv.width;
  std::vector<Floats> sums(static_cast<size_t>(most_threads()));
  on_threads(conv.images, [&](int thread, int64_t begin, int64_t end) {
    Floats& sum = sums[static_cast<size_t>(thread)];
    sum.assign(static_cast<size_t>((taps + 1) * conv.channels), 0.0F);  // taps made even
    Work work(conv);
    for (int64_t i = begin; i < end; ++i) {
      const int64_t at = i * pixels * conv.channels;
      backward_image(work, back, input + at, gradient + i * pixels * conv.outputs,
                     input_gradient + at, sum.data());
    }
  });
  std::fill_n(weight_gradient, conv.channels * taps, 0.0F);
  for (const auto& sum : sums) {  // in the order of the threads, which is reproducible
    if (sum.empty()) continue;
    for (int64_t c = 0; c < conv.channels; ++c) {
      for (int64_t t = 0; t < taps; ++t)
        weight_gradient[c * taps + t] += sum[static_cast<size_t>(t * conv.channels + c)];
    }
  }
}

}  // namespace latent::kernel
