#include "kernel/narrow_conv.h"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "kernel/floats.h"
#include "kernel/pair_product.h"
#include "kernel/row_product.h"
#include "kernel/simd.h"
#include "kernel/threads.h"

namespace latent::kernel {
namespace {

constexpr int64_t kMaxTaps = 64;

int64_t padded(int64_t taps) { return (taps + kSimdFloats - 1) / kSimdFloats * kSimdFloats; }

// The rows of the image that a thread works on, and the sizes that all images share.
template <typename T>
struct Work {
  explicit Work(const NarrowConv& c)
      : conv(c),
        columns(padded(c.taps())),
        pad(c.size / 2),
        row(c.width * c.channels),
        depth(std::is_same_v<T, Bf16> ? packed_depth<T>(c.taps()) : columns),
        active(static_cast<size_t>(row)),
        products(static_cast<size_t>(c.size * c.width * columns)),
        gathered(static_cast<size_t>(c.width * depth)) {}

  // Returns row y of the products, which lies in a ring of `size` rows.
  float* ring(int64_t y) { return products.data() + y % conv.size * conv.width * columns; }

  const NarrowConv& conv;
  int64_t columns;  // taps, padded to whole vectors
  int64_t pad;
  int64_t row;          // numbers of a row of the input
  int64_t depth;        // of a gathered row, which is multiplied where it is
  Numbers<T> active;    // [W, C] a row of the input, activated
  Floats products;      // [size, W, columns]
  Numbers<T> gathered;  // [W, depth] the gradients that reach a row of the input
  Numbers<T> gradient;  // [H, W, outputs] of an image, if it must be rounded
};

// Returns a row of the input, activated: the row itself if the slope is 1.
template <typename T>
const T* activated(Work<T>& work, const T* row) {
  if (work.conv.slope == 1) return row;
  activate(row, work.conv.slope, work.row, work.active.data());
  return work.active.data();
}

// Returns the gradient of an image in the type of the products.
template <typename T>
const T* rounded(Work<T>& work, const float* gradient) {
  if constexpr (std::is_same_v<T, float>) {
    return gradient;
  } else {
    const NarrowConv& c = work.conv;
    work.gradient.resize(static_cast<size_t>(c.height * c.width * c.outputs));
    std::transform(gradient, gradient + work.gradient.size(), work.gradient.begin(), narrowed);
    return work.gradient.data();
  }
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
template <int64_t kOutputs, typename T>
void add_shifted_rows(Work<T>& work, int64_t y, const float* bias, float* output) {
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
template <typename T>
void forward_image(Work<T>& work, const RowProduct<T>& product, const T* input, const float* bias,
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

// Gathers the gradients that reach row y of the input, tap by tap: [W, depth].
template <int64_t kOutputs, typename T>
void gather_gradient(Work<T>& work, int64_t y, const T* gradient, T* gathered) {
  const NarrowConv& c = work.conv;
  const int64_t outputs = kOutputs == 0 ? c.outputs : kOutputs, columns = work.depth;
  std::fill_n(gathered, c.width * columns, number<T>(0));
  for (int64_t ky = 0; ky < c.size; ++ky) {
    const int64_t target = y - (ky - work.pad);
    if (target < 0 || target >= c.height) continue;
    const T* row = gradient + target * c.width * c.outputs;
    for (int64_t kx = 0; kx < c.size; ++kx) {
      const int64_t shift = kx - work.pad;
      const int64_t first = std::max<int64_t>(0, shift);
      const int64_t last = std::min(c.width, c.width + shift);
      T* tap = gathered + (ky * c.size + kx) * c.outputs;
      for (int64_t x = first; x < last; ++x) {
        for (int64_t o = 0; o < outputs; ++o)
          tap[x * columns + o] = row[(x - shift) * outputs + o];
      }
    }
  }
}

// The products of a backward pass with the gradients that reach a row of the input.
template <typename T>
struct Back {
  RowProduct<T> input;         // its gradient
  RowOuterProducts<T> weight;  // the weight's, [taps, C], added to
};

template <typename T>
void backward_image(Work<T>& work, const Back<T>& back, const T* input, const float* gradient,
                    T* input_gradient, float* weight_gradient) {
  const NarrowConv& c = work.conv;
  const T* arriving = rounded(work, gradient);
  for (int64_t y = 0; y < c.height; ++y) {
    const T* row = input + y * work.row;
    T* gathered = work.gathered.data();
    with_outputs(c.outputs,
                 [&](auto outputs) { gather_gradient<outputs>(work, y, arriving, gathered); });
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

template <typename T>
void forward(const NarrowConv& conv, const T* input, const float* weight, const float* bias,
             float* output) {
  const int64_t taps = conv.taps(), columns = padded(taps);
  Floats wide(static_cast<size_t>(conv.channels * columns), 0.0F);  // [C, columns]
  for (int64_t c = 0; c < conv.channels; ++c)
    std::copy_n(weight + c * taps, taps, wide.data() + c * columns);
  const RowProduct<T> product({.rows = conv.width, .stride = conv.channels}, conv.channels,
                              wide.data(), columns, columns);
  const int64_t pixels = conv.height * conv.width;
  WorkQueue queue(conv.images, 1);
  on_threads(most_threads(), [&](int, int64_t, int64_t) {
    const TileScope tiles(std::is_same_v<T, Bf16>);
    Work<T> work(conv);
    for (int64_t i = 0, end = 0; queue.take(i, end);) {
      forward_image(work, product, input + i * pixels * conv.channels, bias,
                    output + i * pixels * conv.outputs);
    }
  });
}

template <typename T>
void backward(const NarrowConv& conv, const T* input, const float* weight, const float* gradient,
              T* input_gradient, float* weight_gradient) {
  const int64_t taps = conv.taps(), columns = padded(taps);
  const int64_t rows = std::is_same_v<T, Bf16> ? columns : (taps + 1) / 2 * 2;
  const int64_t depth = std::is_same_v<T, Bf16> ? packed_depth<T>(taps) : taps;
  Floats turned(static_cast<size_t>(depth * conv.channels), 0.0F);  // [depth, C]
  for (int64_t c = 0; c < conv.channels; ++c) {
    for (int64_t t = 0; t < taps; ++t)
      turned[static_cast<size_t>(t * conv.channels + c)] = weight[c * taps + t];
  }
  const StridedRows gathered{.rows = conv.width, .stride = std::max(depth, columns)};
  const Back<T> back{
      .input = RowProduct<T>(gathered, depth, turned.data(), conv.channels, conv.channels),
      .weight = RowOuterProducts<T>(gathered, rows, conv.channels, conv.channels)};
  const int64_t pixels = conv.height * conv.width;
  std::vector<Floats> sums(static_cast<size_t>(most_threads()));
  on_threads(conv.images, [&](int thread, int64_t begin, int64_t end) {
    Floats& sum = sums[static_cast<size_t>(thread)];
    sum.assign(static_cast<size_t>(rows * conv.channels), 0.0F);
    const TileScope tiles(std::is_same_v<T, Bf16>);
    Work<T> work(conv);
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

template void forward(const NarrowConv&, const float*, const float*, const float*, float*);
template void forward(const NarrowConv&, const Bf16*, const float*, const float*, float*);
template void backward(const NarrowConv&, const float*, const float*, const float*, float*, float*);
template void backward(const NarrowConv&, const Bf16*, const float*, const float*, Bf16*, float*);

}  // namespace latent::kernel
