// The image files of a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data/left_out.h"

namespace latent {

/// A file found in a folder. Properties that are not available (for a broken link, for example) are
/// 0; reading the file then gives the reason.
struct ImageFile {
  std::string name;  // path below the folder, separated by '/'
  int64_t bytes = 0;
  int64_t modified = 0;  // nanoseconds since 1970
};

/// The files of a folder.
struct FolderListing {
  std::vector<ImageFile> images;
  std::vector<LeftOut> left_out;  // the other files, by ending; see remedy_for
};

/// Returns the files below `folder` whose names end as those of images do (image/formats.h), or
/// that begin as images do, whatever their names; sorted by the bytes of their names.
///
/// Hidden files and folders are skipped. Links to folders are followed, each folder entered once,
/// so loops end; folders that systems make (__MACOSX) are skipped. Shows its progress in a large
/// folder. Throws Error if the folder is missing or cannot be listed, or holds no image.
FolderListing list_images(const std::filesystem::path& folder);

/// Returns `list_images`; but of a folder without any image its NPY and NPZ files, if it has some.
FolderListing list_images_or_arrays(const std::filesystem::path& folder);

/// Returns only the images of `list_images`.
std::vector<ImageFile> find_images(const std::filesystem::path& folder);

}  // namespace latent
