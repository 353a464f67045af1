// The file of a pack: prepared images, mapped into memory instead of being read.
//
//   pixels      [N, H, W, C] uint8, from the first byte on
//   tail        the key; the images left out and why; a CRC-32 of each 4 MiB of pixels
//   end record  sizes, and a CRC-32 of itself and the tail
//
// So no byte is without a checksum, and a file that was cut has no end record.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/image_shape.h"
#include "core/system/file.h"
#include "core/tensor.h"
#include "data/pack/image_source.h"

namespace latent {

/// Writes a pack as a stream; the file appears when it is finished.
class PackWriter {
 public:
  /// Throws Error if the file cannot be written; so do the others.
  explicit PackWriter(const std::filesystem::path& path) : file_(path) {}

  /// The next pixels, in any portions.
  void add(const uint8_t* pixels, size_t bytes);
  /// unreadable: what was left out.  shape: of each image.
  void finish(std::string_view key, const ImageShape& shape,
              const std::vector<UnreadableImage>& unreadable);

 private:
  AtomicFile file_;
  int64_t bytes_ = 0;
  std::vector<uint32_t> sums_;  // of each block begun
};

struct PackContent {
  Tensor pixels;  // [N, H, W, C] uint8, mapped; not to be written to
  std::vector<UnreadableImage> unreadable;
};

/// Maps a pack after checking all of it. Throws Error if it was made for another key, is damaged,
/// cut short or of another version.
PackContent map_pack(const std::filesystem::path& path, std::string_view key);

}  // namespace latent
