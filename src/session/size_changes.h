// What was done to images of another size than the model's, in one line.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "core/image_shape.h"
#include "core/tensor.h"

namespace latent {

/// Counts images that were resized or prepared, by their size.
class SizeChanges {
 public:
  /// shape: of the model's images.
  explicit SizeChanges(const ImageShape& shape) : shape_(shape) {}

  /// Also logs the file as a detail, for --verbose.
  /// pixels: [N, H, W, C], as the file holds them.  prepared: as the images of the run's data set,
  /// not only resized.
  void add(const std::string& file, const Tensor& pixels, bool prepared);

  /// Returns a line for each kind of change: with the file's name if there is one file, else with
  /// the number of images and their most usual sizes.
  std::string text() const;

 private:
  using Sizes = std::map<std::pair<int64_t, int64_t>, int64_t>;  // height, width: images

  std::string line(const Sizes& sizes, const std::string& how) const;

  ImageShape shape_;
  Sizes prepared_, resized_;
  bool squeezed_ = false;  // a resized image has other proportions than the model's
  int64_t files_ = 0;
  std::string first_;
};

}  // namespace latent
