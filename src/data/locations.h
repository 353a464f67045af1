// Where data sets and caches are on this machine.
#pragma once

#include <filesystem>
#include <string>

namespace latent {

/// Returns `directory` if it is given (data.dir), else $LATENT_DATA/<folder> if that exists, else
/// data/<folder>. Throws Error naming both places if LATENT_DATA is set and neither is there.
std::filesystem::path data_folder(const std::string& directory, const std::string& folder);

/// Returns the folder of files that can be recomputed: $LATENT_CACHE, else $XDG_CACHE_HOME/latent,
/// else ~/.cache/latent. Throws Error if none of these variables is set.
std::filesystem::path cache_folder();

}  // namespace latent
