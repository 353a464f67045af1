#include "kernel/strided_conv.h"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <vector>

#include "kernel/floats.h"
#include "kernel/pair_product.h"
#include "kernel/simd.h"
#include "kernel/strided_outer_products.h"
#include "kernel/strided_product.h"
#include "kernel/threads.h"

namespace latent::kernel {
namespace {

// A thread's buffer for activated images; the images themselves are used if the slope is 1.
template <typename T>
class Activated {
 public:
  explicit Activated(float slope) : slope_(slope) {}

  const T* operator()(const T* images, int64_t count) {
    if (slope_ == 1) return images;
    values_.resize(static_cast<size_t>(count));
    activate(images, slope_, count, values_.data());
    return values_.data();
  }

 private:
  float slope_;
  Numbers<T> values_;
};

}  // namespace

bool fits(const StridedConv& conv) {
  return conv.images > 0 && conv.small.floats() > 0 && conv.large.floats() > 0 &&
         conv.small.channels % kSimdFloats == 0 && conv.large.channels % kSimdFloats == 0 &&
         conv.small.floats() <= kMaxFloats && conv.large.floats() <= kMaxFloats &&
         conv.small.pixels() * conv.taps() <= kMaxConnections;
}

template <typename T>
void forward(const StridedConv& conv, Direction direction, const T* input, const float* weight,
             const float* bias, T* output) {
  const bool is_down = direction == Direction::kDown;
  const int64_t in = (is_down ? conv.large : conv.small).floats();
  const int64_t out = (is_down ? conv.small : conv.large).floats();
  const int64_t block = images_of_block(conv);
  const StridedProduct<T> product(conv, direction, weight);
  WorkQueue queue(conv.images, block);
  on_threads(most_threads(), [&](int, int64_t, int64_t) {
    const TileScope tiles(std::is_same_v<T, Bf16>);
    Activated<T> activated(conv.slope);
    for (int64_t i = 0, end = 0; queue.take(i, end);) {
      product.multiply(activated(input + i * in, (end - i) * in), bias, output + i * out, end - i);
    }
  });
}

template <typename T>
void backward(const StridedConv& conv, Direction direction, const T* input, const float* weight,
              const T* output_gradient, const Gradients<T>& gradients) {
  const bool is_down = direction == Direction::kDown;
  const FeatureMap& in = is_down ? conv.large : conv.small;
  const FeatureMap& out = is_down ? conv.small : conv.large;
  std::optional<StridedProduct<T>> back;
  if (gradients.input != nullptr)
    back.emplace(conv, is_down ? Direction::kUp : Direction::kDown, weight);
  const Floats no_bias(static_cast<size_t>(in.channels), 0.0F);
  const StridedOuterProducts<T> products(conv);
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
    const TileScope tiles(std::is_same_v<T, Bf16>);
    Activated<T> activated(conv.slope);
    for (int64_t i = begin; i < end; i += together) {
      const int64_t images = std::min(together, end - i), floats = images * in.floats();
      const T *entering = input + i * in.floats(), *arriving = output_gradient + i * out.floats();
      add_rows(arriving, images * out.pixels(), out.channels, sum.bias.data());
      if (back) {
        T* leaving = gradients.input + i * in.floats();
        back->multiply(arriving, no_bias.data(), leaving, images,
                       conv.slope == 1 ? nullptr : entering, conv.slope);
      }
      const T* active = activated(entering, floats);
      products.add(is_down ? arriving : active, is_down ? active : arriving, images,
                   sum.weight.data());
    }
  });

  // In the order of the threads, which is reproducible.
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

template void forward(const StridedConv&, Direction, const float*, const float*, const float*,
                      float*);
template void forward(const StridedConv&, Direction, const Bf16*, const float*, const float*,
                      Bf16*);
template void backward(const StridedConv&, Direction, const float*, const float*, const float*,
                       const Gradients<float>&);
template void backward(const StridedConv&, Direction, const Bf16*, const float*, const Bf16*,
                       const Gradients<Bf16>&);

}  // namespace latent::kernel
