// Reading users' image files. OpenCV does it, in a library loaded at the first use, so that
// training never pays for it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "image/header.h"
#include "image/picture.h"

namespace latent {

/// True if this build has image codecs and they can be loaded. Everything below throws Error if
/// not.
bool have_codecs();
/// Throws the Error that tells why there are none.
void require_codecs();

/// An image file in memory whose header was read and whose end is there.
struct EncodedImage {
  std::string file;  // its name for messages
  std::string bytes;
  ImageHeader header;

  /// As the picture is seen: after the turn that EXIF asks for.
  int64_t width() const { return header.orientation >= 5 ? header.height : header.width; }
  int64_t height() const { return header.orientation >= 5 ? header.width : header.height; }
};

/// Reads a file without decoding it; needs no codecs. Throws Error as read_image does.
EncodedImage read_encoded(const std::filesystem::path& path);

/// Decodes it as read_image does.
///
/// reduction: 1, or 2, 4, 8 for a picture of half, a quarter, an eighth of the width and height,
/// rounded up, which JPEG decoders make in less time; each of its pixels is about the mean of those
/// it replaces. Other formats ignore it.
Picture decode(const EncodedImage& image, int64_t channels, int64_t reduction = 1);

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
