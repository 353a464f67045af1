// The image files of a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace latent {

/// A file as it was found. What could not be asked of it (a broken link, say) is 0: reading it
/// tells why.
struct ImageFile {
  std::string name;  // path below the folder, parted by '/'
  int64_t bytes = 0;
  int64_t modified = 0;  // nanoseconds since 1970
};

/// The files below `folder` that are called .jpg, .jpeg, .png, .bmp, .tif, .tiff or .webp, sorted
/// by the bytes of their names.
///
/// Hidden files and folders are left out. Links to folders are followed, each folder entered once,
/// so loops end. Throws Error if the folder is missing or cannot be listed, or holds no image.
std::vector<ImageFile> find_images(const std::filesystem::path& folder);

}  // namespace latent
