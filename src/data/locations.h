// Where data sets and caches are on this machine.
#pragma once

#include <filesystem>
#include <string>

namespace latent {

/// Returns `directory` if it is given (data.dir), else $LATENT_DATA/<folder> if that exists, else
/// data/<folder>. Throws Error naming both places if LATENT_DATA is set and neither is there.
std::filesystem::path data_folder(const std::string& directory, const std::string& folder);

/// Returns the place of data.dir: `path` if something is there, else $LATENT_DATA/<path>, of which
/// a first folder "data" counts as the one that LATENT_DATA replaces; `path` if nothing is there
/// either.
std::filesystem::path located(const std::filesystem::path& path);

/// Throws Error if nothing is at `path`. key: the config's key that names it, "small.json:
/// data.dir". what: "file" or "folder".
void expect_there(const std::filesystem::path& path, const std::string& key,
                  const std::string& what);

/// Returns the folder of files that can be recomputed: $LATENT_CACHE, else $XDG_CACHE_HOME/latent,
/// else ~/.cache/latent. Throws Error if none of these variables is set.
std::filesystem::path cache_folder();

}  // namespace latent
