// The folders of a sorted list of image files.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "folder/image_files.h"

namespace latent {

/// The images below a folder: [begin, end) of a list that is sorted by the bytes of the names.
struct FolderRange {
  size_t begin = 0, end = 0;
  size_t depth = 0;  // bytes of their names up to and including the folder's "/"

  size_t count() const { return end - begin; }
};

/// What lies directly in a folder.
struct FolderContent {
  std::map<std::string, FolderRange> folders;  // those with images in or below them
  size_t images = 0;
};

FolderContent content_of(const std::vector<ImageFile>& files, const FolderRange& folder);

}  // namespace latent
