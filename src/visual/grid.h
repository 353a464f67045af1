// Batches of images as one picture: rows and columns with gaps, small images enlarged, captions, a
// title.
#pragma once

#include <string>
#include <vector>

#include "core/tensor.h"
#include "image/picture.h"
#include "visual/look.h"

namespace latent::visual {

struct GridOptions {
  int64_t columns = 0;     // 0: as square as possible
  int64_t gap = 2;         // pixels of background between and around the enlarged images
  int64_t scale = 0;       // whole enlargement factor; 0: chosen so that the picture fills a slide
  bool smooth = false;     // enlarge bicubically, to any size, instead of each pixel to a square
  int64_t width = 0;       // of the whole picture; 0: as its contents need
  int64_t height = 0;      // the same
  std::string title = {};  // above all, or none
  std::vector<std::string> column_captions = {};  // above the columns, or empty
  std::vector<std::string> row_captions = {};     // left of the rows, or empty
  std::vector<std::string> cell_captions = {};    // below each image, or empty
  std::string footer = {};                        // below all, or none
  std::vector<bool> marked = {};                  // images with a frame around them, or empty
};

/// Returns the options of a grid with this look, without captions.
GridOptions grid_options(const Look& look);

/// Returns one image as a picture of the same size.  image: [C, H, W] float in [0, 1] (clamped)
/// with C 1 or 3.
Picture picture(const Tensor& image);

/// Returns images as a grid.
///
/// By default they are enlarged by the largest whole factor with which the picture fits a slide.
/// With a width or a height they are enlarged by the largest whole factor that fits, and white
/// margins fill the rest; smooth ones fill it. With both, `columns` 0 stands for the number that
/// makes the images largest. The text grows with the images. Captions are UTF-8 and shortened to
/// the available space, the title and the footer are wrapped.
/// images: [N, C, H, W] float in [0, 1] (clamped), any device, C 1 or 3.
/// Throws Error if the images do not fit into the width or the height.
Picture grid(const Tensor& images, const GridOptions& options = {});

/// Enlarges images by the largest whole factor that fits into height x width, each pixel to a
/// square, and centres them in a white frame.  images: [N, C, h, w].  Returns [N, C, height,
/// width].
Tensor framed(const Tensor& images, int64_t height, int64_t width);

/// Returns rows of images below each other: rows[r] is [N, C, H, W]; all of one size and count.
Picture rows(const std::vector<Tensor>& rows, const std::vector<std::string>& captions,
             GridOptions options = {});

/// Returns the pixels that with_caption adds below a picture of this width.
int64_t caption_room(int64_t width);

/// Returns the picture with a line of text below it, shortened to its width. Narrow pictures are
/// widened to a fixed width, whatever the text.
Picture with_caption(const Picture& picture, const std::string& text);

/// Returns the colours of a scale for numbers from 0 to `most`: [N, 3, H, W] in [0, 1].
/// values: [N, 1, H, W].
Tensor scale_colours(const Tensor& values, double most);

/// Returns the pixels that with_scale adds below a picture.
int64_t scale_room(int64_t text);

/// Returns the picture, of three channels, with the scale of scale_colours below it, its ends and
/// what it measures. text: pixels of the text.
Picture with_scale(const Picture& picture, double most, const std::string& what, int64_t text);

}  // namespace latent::visual
