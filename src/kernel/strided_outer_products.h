// The gradient of a convolution's weight, as sums of outer products of gathered rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernel/strided_conv.h"

namespace latent::kernel {

/// Adds up the outer products of the pixels that a convolution connects.
///
/// Sums are [taps, left channels, right channels]. Left is the small map and right the large one,
/// or vice versa if wider panels fit the small one. T: float or Bf16.
template <typename T>
class StridedOuterProducts {
 public:
  /// conv must outlive this.
  explicit StridedOuterProducts(const StridedConv& conv);

  /// Returns how many images are best added at once: several if they are small.
  int64_t images() const { return images_; }
  /// Returns the number of floats of the sums.
  size_t size() const {
    return static_cast<size_t>(conv_.taps() * conv_.small.channels * conv_.large.channels);
  }

  /// Adds the products of all connected pixels in `images` small and large maps.
  void add(const T* small, const T* large, int64_t images, float* sums) const;

  /// Adds the sums of one tap and one channel of the small map to a row of the weight,
  /// [large channels].
  void add_row(const float* sums, int64_t small, int64_t tap, float* row) const;

 private:
  // What taps connect in some rows of the small map, image after image. For floats: the pairs of
  // one tap. For Bf16: every pixel of the small map, with that of the large one for each tap.
  struct Band {
    int64_t tap;
    int64_t pairs_of_image;
    std::vector<int32_t> pairs;        // [images, pairs of an image, (left, right)]
    std::vector<int32_t> left, right;  // [images, pixels of an image], [taps, images, pixels]
  };

  void add_band(int64_t begin, int64_t end);
  void add_band_of_taps(int64_t begin, int64_t end);
  void add_few(const T* small, const T* large, int64_t images, float* sums) const;

  const StridedConv& conv_;
  bool is_turned_;
  int64_t images_;
  std::vector<Band> bands_;
};

}  // namespace latent::kernel
