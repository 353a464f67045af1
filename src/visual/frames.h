// The pictures of an animation.
#pragma once

#include <string>
#include <vector>

#include "visual/grid.h"

namespace latent::visual {

/// Returns one picture for each element of `images`, all of one size: its images side by side, with
/// its caption, if any, below them.
///
/// images: F times [N, C, H, W] of one shape.  captions: F, or none.  options.scale 0 enlarges by a
/// whole factor to about 256 pixels an image, less for several side by side.
std::vector<Picture> frames(const std::vector<Tensor>& images,
                            const std::vector<std::string>& captions, GridOptions options = {});

/// Returns the options of frames with this look, which has no columns: these are the frames' own.
GridOptions frame_options(const Look& look);

/// Returns about `most` indices below `count`, evenly spread and including the first and the last.
std::vector<int64_t> spread(int64_t count, int64_t most);

}  // namespace latent::visual
