// The interface between the program and its image codecs, a library loaded at the first use: one
// function that returns one table.
#pragma once

#include <string>
#include <vector>

#include "image/codecs.h"
#include "image/picture.h"

namespace latent {

struct CodecTable {
  /// See codecs.h; reduction: 1 except for JPEG.
  Picture (*decode)(const EncodedImage& image, int64_t channels, int64_t reduction,
                    const ValueRange& range, ValueExtent* extent);
  Picture (*resize)(const Picture& picture, int64_t width, int64_t height, Filter filter);
  /// rgb: 3 bytes a pixel.  Returns 3 bytes for each of at most `colours` colours that represent
  /// them.
  std::vector<uint8_t> (*palette)(const std::vector<uint8_t>& rgb, int64_t colours);
  /// Returns the bytes of a file; quality: 1 to 100.
  std::string (*encode)(const Picture& picture, Compression format, int64_t quality);
  Compressed (*compress)(const Picture& picture, Compression format, int64_t quality);
};

/// The name under which the library exports `const CodecTable* latent_codec_table()`.
constexpr const char* kCodecTableSymbol = "latent_codec_table";

}  // namespace latent
