// The file of a pack: prepared images, mapped into memory instead of being read.
//
//   pixels      [N, H, W, C] uint8, from the first byte on
//   tail        the key; the skipped images and the reasons; what was not read of the files; a
//   CRC-32 of each 4 MiB of pixels end record  sizes, and a CRC-32 of itself and the tail
//
// Every byte has a checksum, and a truncated file has no end record.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/image_shape.h"
#include "core/system/file.h"
#include "core/tensor.h"
#include "pack/image_source.h"

namespace latent {

/// Writes a pack as a stream; the file appears when it is finished.
class PackWriter {
 public:
  /// Throws Error if the file cannot be written, as do the other functions.
  explicit PackWriter(const std::filesystem::path& path) : file_(path) {}

  /// Appends pixels, in portions of any size.
  void add(const uint8_t* pixels, size_t bytes);
  /// unreadable: the images that were skipped.  shape: of each image.  remark: of the source.
  void finish(std::string_view key, const ImageShape& shape,
              const std::vector<UnreadableImage>& unreadable, std::string_view remark = "");

 private:
  AtomicFile file_;
  int64_t bytes_ = 0;
  std::vector<uint32_t> sums_;  // of each block begun
};

struct PackContent {
  Tensor pixels;  // [N, H, W, C] uint8, mapped; not to be written to
  std::vector<UnreadableImage> unreadable;
  std::string remark;  // what was not read of the files (ImageSource::remark), or ""
};

/// Maps a pack after checking all of it. Throws Error if it was made for another key, is damaged,
/// truncated or of another version.
PackContent map_pack(const std::filesystem::path& path, std::string_view key);

}  // namespace latent
