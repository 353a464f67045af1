// Where data sets lie on this machine.
#pragma once

#include <filesystem>
#include <string>

namespace latent {

/// `directory` if it is given (data.dir), else $LATENT_DATA/<folder> if that exists, else
/// data/<folder>.
std::filesystem::path data_folder(const std::string& directory, const std::string& folder);

}  // namespace latent
