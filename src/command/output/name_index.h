// The names of the user's images as a file beside a picture, which may shorten them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "command/flags/arguments.h"

namespace latent {

/// Writes index,name of the user's FILES beside a picture of them, called as it with "-names" and
/// the ending .csv, and adds it to `written`. For images of a data set writes nothing.
void write_name_index(const Arguments& arguments, const std::vector<std::string>& names,
                      const std::filesystem::path& picture, std::vector<std::string>& written);

}  // namespace latent
