// Attributes of the images of a folder: from their subfolders, or from a CSV.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace latent {

struct Labels {
  std::vector<Attribute> attributes;  // each of as many values as there are names
  std::string notice;                 // names the columns that were skipped, or ""
};

/// Returns the class "label" of images by the first folder of their names: "tulip/3.jpg" is a
/// tulip. Returns nothing if all files are at the top.
Labels labels_from_folders(const std::vector<std::string>& names);

/// Reads attributes from the columns of a CSV with a header.
///
/// One column holds the files' names: the first that is called file, filename, file_name, image,
/// image_id, name or path. A name is the path below the folder, or its last part if no two files
/// share it. Columns of numbers stay numbers (+1 and -1 become 1 and 0); columns of words become
/// classes, and are skipped if they have more than 1000 different words. Throws Error if a file has
/// no row or two rows, or if no row names a file.
Labels labels_from_csv(const std::filesystem::path& csv, const std::vector<std::string>& names);

}  // namespace latent
