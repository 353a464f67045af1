// Batches of images as one picture: rows and columns with gaps, small images enlarged by a whole
// factor, captions.
#pragma once

#include <string>
#include <vector>

#include "core/tensor.h"
#include "image/picture.h"

namespace latent::visual {

struct GridOptions {
  int64_t columns = 0;  // 0: as square as possible
  int64_t gap = 2;      // pixels of background between and around the enlarged images
  int64_t scale = 0;    // whole enlargement factor; 0: chosen so that an image is about 64 pixels
  std::vector<std::string> column_captions = {};  // above the columns, or empty
  std::vector<std::string> row_captions = {};     // left of the rows, or empty
  std::vector<std::string> cell_captions = {};    // below each image, or empty
};

/// Returns one image as a picture of the same size.  image: [C, H, W] float in [0, 1] (clamped)
/// with C 1 or 3.
Picture picture(const Tensor& image);

/// Returns images as a grid.
/// images: [N, C, H, W] float in [0, 1] (clamped), any device, C 1 or 3.  Captions are UTF-8 and
/// shortened with an ellipsis to the available space.
Picture grid(const Tensor& images, const GridOptions& options = {});

/// Enlarges images by the largest whole factor that fits into height x width, each pixel to a
/// square, and centres them in a white frame.  images: [N, C, h, w].  Returns [N, C, height,
/// width].
Tensor framed(const Tensor& images, int64_t height, int64_t width);

/// Returns rows of images below each other: rows[r] is [N, C, H, W]; all of one size and count.
Picture rows(const std::vector<Tensor>& rows, const std::vector<std::string>& captions,
             GridOptions options = {});

/// Returns the picture with a line of text below it, shortened to its width. Narrow pictures are
/// widened to a fixed width, whatever the text.
Picture with_caption(const Picture& picture, const std::string& text);

}  // namespace latent::visual
