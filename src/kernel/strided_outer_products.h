// The gradient of a convolution's weight, as sums of outer products of gathered rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernel/strided_conv.h"

namespace latent::kernel {

/// Sums are [taps, left channels, right channels], where left and right are the small and the large
/// map, or the other way round if wider panels fit the small one.
class StridedOuterProducts {
 public:
  /// conv must outlive this.
  explicit StridedOuterProducts(const StridedConv& conv);

  /// How many images are best added at once: several where they are small.
  int64_t images() const { return images_; }
  /// Of the sums.
  size_t size() const {
    return static_cast<size_t>(conv_.taps() * conv_.small.channels * conv_.large.channels);
  }

  /// Adds what the taps connect in `images` small and large maps.
  void add(const float* small, const float* large, int64_t images, float* sums) const;

  /// Adds a row of the weight, [large channels], from such sums.
  void add_row(const float* sums, int64_t small, int64_t tap, float* row) const;

 private:
  // What a tap connects in some rows of the small map, image after image.
  struct Band {
    int64_t tap;
    int64_t pairs_of_image;
    std::vector<int32_t> pairs;  // [images, pairs of an image, (left, right)]
  };

  void add_band(int64_t begin, int64_t end);
  void add_few(const float* small, const float* large, int64_t images, float* sums) const;

  const StridedConv& conv_;
  bool is_turned_;
  int64_t images_;
  std::vector<Band> bands_;
};

}  // namespace latent::kernel
