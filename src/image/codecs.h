// Reading users' image files with OpenCV, in a library that is loaded at the first use, so that
// training never pays for it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "image/header.h"
#include "image/picture.h"
#include "image/raw_image.h"

namespace latent {

/// Returns true if this build has image codecs and they can be loaded. Otherwise the functions
/// below throw Error.
bool have_codecs();
/// Throws an Error with the reason if there are none.
void require_codecs();

/// An image file in memory, with its header read and its end found.
struct EncodedImage {
  std::string file;  // name for messages
  std::string bytes;
  ImageHeader header;

  /// Size after the rotation that EXIF asks for.
  int64_t width() const { return header.orientation >= 5 ? header.height : header.width; }
  int64_t height() const { return header.orientation >= 5 ? header.width : header.height; }
};

/// Reads a file without decoding it; needs no codecs. page: of a TIFF, from 1 on.
/// Throws Error as read_image does, and if there is no such page.
EncodedImage read_encoded(const std::filesystem::path& path, int64_t page = 1);

/// Returns an image file whose bytes are in memory. name: for messages. Throws as read_encoded
/// does.
EncodedImage in_memory(std::string bytes, std::string name);

/// Returns what is not read of a file with several pages or frames: "an animation of 12 frames; its
/// first is read"; "" if there is nothing else.
std::string about_other_pages(const ImageHeader& header);

/// Decodes an image as read_image does.
///
/// reduction: 1, or 2, 4, 8 for a picture with a half, a quarter, an eighth of the width and
/// height, rounded up, which JPEG decoders produce in less time. Each pixel is about the mean of
/// those it replaces. Other formats ignore it.  range: the values that are black and white.
/// extent: receives the values found, if given.
Picture decode(const EncodedImage& image, int64_t channels, int64_t reduction = 1,
               const ValueRange& range = {}, ValueExtent* extent = nullptr);

/// Decodes a file of any format in image/formats.h: EXIF-rotated, 16-bit scaled to 8, alpha
/// composited on white. Of a GIF or WebP the first frame, which it says.
///
/// channels: 1 (luma) or 3 (RGB).  Throws Error naming the file if it is missing, empty, not an
/// image, cut short or larger than 100 megapixels; and if this build has no image codecs, which
/// BMP, GIF and PNM do not need.
Picture read_image(const std::filesystem::path& path, int64_t channels,
                   const ImageReading& reading = {});

/// The method by which an image is resized.
enum class Filter { kArea, kBilinear, kBicubic };

/// Resizes to width x height (the aspect ratio changes). kArea averages the covered pixels;
/// kBilinear samples without antialiasing. Throws Error if this build has no image codecs.
Picture resize(const Picture& picture, int64_t width, int64_t height, Filter filter);

/// Lossy formats for whole pictures.
enum class Compression { kJpeg, kWebp };

/// Returns a picture as the bytes of a file. quality: 1 to 100. Throws Error as `compress` does.
std::string encode_lossy(const Picture& picture, Compression format, int64_t quality);

/// A picture after compression.
struct Compressed {
  int64_t bytes;    // of the file, header included
  Picture picture;  // as it is decoded
};

/// Compresses a picture and decodes it. quality: 1 to 100. Throws Error if this build has no image
/// codecs, or they do not write the format.
Compressed compress(const Picture& picture, Compression format, int64_t quality);

/// Chooses at most `colours` colours that represent the pixels, by k-means; deterministic.
///
/// rgb: 3 bytes a pixel.  Returns 3 bytes a colour.  Throws Error if this build has no image
/// codecs.
std::vector<uint8_t> choose_palette(const std::vector<uint8_t>& rgb, int64_t colours);

}  // namespace latent
