// Finds the column of a table of labels that names the images.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "folder/image_names.h"

namespace latent {

struct NameColumn {
  size_t place = 0;
  bool header = true;  // whether the first line names the columns; else it is about an image
  std::string notice;  // that other columns would do, and the key that chooses; or ""
};

/// Finds the column whose values name images (`ImageNames`), by the rows up to the first few
/// thousand that show it. If several do, one called file, filename, file_name, image, image_id,
/// name or path is taken first.
///
/// wanted: the column to take, or "".  key: where it stands, for messages.
/// Throws Error if no value of any column, or of the wanted one, names an image.
NameColumn find_name_column(const std::filesystem::path& csv, const std::vector<std::string>& names,
                            const ImageNames& index, const std::string& wanted,
                            const std::string& key);

}  // namespace latent
