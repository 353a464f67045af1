// The directories of a TIFF, which is also the form in which JPEG, PNG and WebP carry EXIF.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace latent {

struct TiffDirectory {
  int64_t width = 0;  // 0: missing
  int64_t height = 0;
  int orientation = 1;       // 1 to 8; 1: upright
  uint64_t tile_pixels = 1;  // of one tile, which decoders allocate as a whole
  bool complete = false;     // the directory and all pixels that it refers to lie within the bytes

  int64_t bits = 1;           // of the first value of a pixel
  int64_t samples = 1;        // values a pixel
  int64_t photometric = 0;    // 0 and 1: grey, 0 with white as 0; 2: RGB; 3: palette; 5: CMYK; ...
  int64_t extra = -1;         // what the first value beyond the colours is; -1: nothing is said
  int64_t sample_format = 1;  // 1: unsigned; 2: signed; 3: floating
  bool planes = false;        // the values of a pixel lie apart
  bool tiled = false;
  bool large = false;  // BigTIFF
};

/// Reads the first directory: as much as possible of untrusted bytes; never throws.
TiffDirectory read_tiff_directory(std::string_view bytes);

/// Returns the number of directories, at most 65535: pages, and smaller copies of them.
int64_t count_tiff_pages(std::string_view bytes);

/// Makes page `page`, from 1 on, the first one, so that all readers read it.
/// Returns false if there is none.
bool select_tiff_page(std::string& bytes, int64_t page);

/// New values of tags, 32 bits each; none: the tag is removed.
using TiffChanges = std::map<uint64_t, std::vector<uint32_t>>;

/// Returns the file with a changed first directory, after a readable one. Not for BigTIFF.
std::string with_tiff_changes(std::string_view bytes, const TiffChanges& changes);

/// Whether this is a camera's raw photo, whose first directory is a thumbnail or the sensor's
/// values: DNG, NEF, ARW, CR2 and others have the form of a TIFF.  bytes: of the whole file, or its
/// first.
bool is_raw_photo(std::string_view bytes);

/// Returns the numbers of a tag of the first directory; none if it is missing.
std::vector<uint64_t> tiff_numbers(std::string_view bytes, uint64_t tag);

}  // namespace latent
