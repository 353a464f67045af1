// The first frame of an animated WebP, which decoders of still pictures refuse.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace latent {

struct WebpFrame {
  std::string still;     // the frame as a file of its own
  int64_t x = 0, y = 0;  // its place on the canvas
};

/// Returns the number of frames; 1 for a still picture.
int64_t count_webp_frames(std::string_view bytes);

/// Returns the first frame of a file that has several, or one in the form of an animation. `still`
/// is empty if it is missing.  Source: developers.google.com/speed/webp/docs/riff_container.
WebpFrame first_webp_frame(std::string_view bytes);

}  // namespace latent
