// How the folders of a set of images are read: which are splits, which are classes, which are
// passed over.
#pragma once

#include <string>
#include <vector>

#include "data/left_out.h"
#include "folder/image_files.h"
#include "folder/split_folders.h"

namespace latent {

struct FolderLayout {
  std::vector<size_t> images;         // indices of the files that are used, ascending
  std::vector<Split> splits;          // of each of them, if folders are the splits; else empty
  std::vector<std::string> labelled;  // their names, whose first folder is the class
  std::vector<LeftOut> left_out;      // images in folders that are not used
  std::string notice;                 // states every choice among several readings; or ""
  std::vector<std::string> warnings;  // readings that are probably wrong

  bool by_folders() const { return !splits.empty(); }
};

/// Reads the layout of a folder from the names of its images.
///
/// Lone folders around the classes or splits are entered. Splits are the folders that `rule`
/// names, at the top or in each folder of a class ("cat/train/1.png"); if there are such, images
/// elsewhere are left out. A folder that repeats the folders beside it is left out as well.
/// folder: for messages.  files: sorted by name.  where: the key data.splits, for messages.
/// Throws Error if `rule` names a folder that is missing.
FolderLayout read_layout(const std::string& folder, const std::vector<ImageFile>& files,
                         const SplitRule& rule, const std::string& where);

}  // namespace latent
