// What is said about the layout of a folder of images.
#pragma once

#include <string>
#include <vector>

#include "folder/folder_range.h"
#include "folder/split_folders.h"

namespace latent {

/// A folder whose images are a split, or a part of one.
struct SplitFolder {
  Split split = Split::kTrain;
  std::string name;
  std::string class_of;  // "cat/" if it is in the folder of a class, else ""
  FolderRange range;
};

/// Returns at most five of the words: "a, b and c", "a, b, c, d, e and 4 more".
std::string cut_list(const std::vector<std::string>& words);

// Each returns "" if there is nothing to say. folder: the one that the config names.

/// entered: the path from `folder` to where reading begins, "archive/flowers/".
std::string text_of_entered(const std::string& folder, const std::string& entered);
std::string text_of_splits(const std::string& folder, const std::vector<SplitFolder>& splits,
                           const SplitRule& rule);
/// names: of classes that are called like splits.
std::string warning_on_split_names(const std::string& folder,
                                   const std::vector<std::string>& names);
/// with, without: the classes whose folders hold splits, and the others.
std::string warning_on_some_splits(const std::string& folder, const std::vector<std::string>& with,
                                   const std::vector<std::string>& without);
/// labelled: names whose first folder is the class.
std::string warning_on_masks(const std::string& folder, const std::vector<std::string>& labelled);

}  // namespace latent
