// Images that are prepared one at a time: files to decode, shapes to draw.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/image_shape.h"
#include "core/tensor.h"

namespace latent {

/// An image that could not be prepared, and the reason: "photos/a.jpg: empty file; expected an
/// image".
struct UnreadableImage {
  int64_t index = 0;
  std::string reason;
};

class ImageSource {
 public:
  virtual ~ImageSource() = default;
  virtual int64_t count() const = 0;
  /// Returns the shape of every image. May have to read one. Throws Error if none can be read.
  virtual ImageShape shape() = 0;
  /// Returns a text that names everything the pixels depend on: it changes whenever they could.
  virtual std::string key() const = 0;
  /// Returns a name of the images for messages: "photos".
  virtual std::string name() const = 0;
  /// Returns a warning if values were probably shown wrongly, else "".
  /// pixels: [N, H, W, C] uint8, the images that could be read.
  virtual std::string warning(const Tensor& pixels) const {
    (void)pixels;
    return "";
  }
  /// Returns what was left out of the files that `read` has read so far, for the user, or "".
  virtual std::string remark() const { return ""; }
  /// Returns the images' files; none for images of another kind.
  virtual std::vector<std::filesystem::path> files() const { return {}; }
  /// Prepares images first, ..., first + count - 1.
  ///
  /// pixels: [count, H, W, C]; all are filled except the unreadable images, which are returned in
  /// order. Calls must come in ascending order, without gaps.
  virtual std::vector<UnreadableImage> read(int64_t first, int64_t count, uint8_t* pixels) = 0;
};

}  // namespace latent
