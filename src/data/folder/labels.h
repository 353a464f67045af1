// What is known about the images of a folder: from the folders they lie in, or from a CSV.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace latent {

struct Labels {
  std::vector<Attribute> attributes;  // each of as many values as there are names
  std::string notice;                 // what was left out, or ""
};

/// The class "label" of images by the first folder of their names: "tulip/3.jpg" is a tulip. None
/// if all lie at the top.
Labels labels_from_folders(const std::vector<std::string>& names);

/// The columns of a CSV with a header.
///
/// One column holds the files' names: the first that is called file, filename, file_name, image,
/// image_id, name or path. A name is the one below the folder, or the last part of it if no two
/// files share that. Of the other columns those of numbers stay numbers, +1 and -1 becoming 1 and
/// 0, and those of words become classes; more than 1000 different words are left out. Throws Error
/// if a file has no row or two, or no row names a file.
Labels labels_from_csv(const std::filesystem::path& csv, const std::vector<std::string>& names);

}  // namespace latent
