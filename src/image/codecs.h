// Reading users' image files. OpenCV does it, in a library loaded at the first use, so that
// training never pays for it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "image/picture.h"

namespace latent {

/// True if this build has image codecs and they can be loaded. Everything below throws Error if
/// not.
bool have_codecs();

/// Decodes JPEG, PNG, BMP, TIFF or WebP: EXIF-rotated, 16-bit scaled to 8, alpha composited on
/// white.
///
/// channels: 1 (luma) or 3 (RGB).  Throws Error naming the file if it is missing, empty, not an
/// image, cut short or larger than 100 megapixels; and if this build has no image codecs.
Picture read_image(const std::filesystem::path& path, int64_t channels);

/// How an image is brought to another size.
enum class Filter { kArea, kBilinear, kBicubic };

/// Resizes to width x height (the aspect ratio changes). kArea averages the covered pixels;
/// kBilinear samples without antialiasing. Throws Error if this build has no image codecs.
Picture resize(const Picture& picture, int64_t width, int64_t height, Filter filter);

/// At most `colours` colours that stand for many, by k-means (always the same for the same pixels).
///
/// rgb: 3 bytes a pixel.  Returns 3 bytes a colour.  Throws Error if this build has no image
/// codecs.
std::vector<uint8_t> choose_palette(const std::vector<uint8_t>& rgb, int64_t colours);

}  // namespace latent
