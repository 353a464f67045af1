#include "folder/folder_range.h"

#include <algorithm>

namespace latent {

FolderContent content_of(const std::vector<ImageFile>& files, const FolderRange& folder) {
  FolderContent content;
  for (size_t i = folder.begin; i < folder.end;) {
    const std::string& name = files[i].name;
    const size_t slash = name.find('/', folder.depth);
    if (slash == std::string::npos) {
      ++content.images;
      ++i;
      continue;
    }
    // Names with one beginning stand together in a sorted list.
    const auto begins_so = [&](const ImageFile& file) {
      return file.name.compare(0, slash + 1, name, 0, slash + 1) == 0;
    };
    const auto end =
        std::partition_point(files.begin() + static_cast<ptrdiff_t>(i),
                             files.begin() + static_cast<ptrdiff_t>(folder.end), begins_so);
    const FolderRange inner{i, static_cast<size_t>(end - files.begin()), slash + 1};
    content.folders.emplace(name.substr(folder.depth, slash - folder.depth), inner);
    i = inner.end;
  }
  return content;
}

}  // namespace latent
