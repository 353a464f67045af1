// The files among what a user named, and names that tell them apart.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace latent {

/// A file that the user named, or that lies below a folder that they named.
struct InputFile {
  std::filesystem::path path;
  std::string name;  // shown: "000.png", "crack/000.png"
};

/// A path and how many of its last parts are shown at least.
struct ShownPath {
  std::filesystem::path path;
  size_t parts = 1;
};

/// Returns the shortest ending of each path that has its least number of parts and differs from
/// those of the other paths: "good/000.png" and "crack/000.png", but "b.png". Equal paths get equal
/// names.
std::vector<std::string> distinct_names(const std::vector<ShownPath>& paths);

/// Returns the files called `names` without looking into folders, each by its file name or by more
/// of its path if two would have one name.
std::vector<InputFile> named_files(const std::vector<std::string>& names);

/// Returns the files among `names`, and every image below the folders among them, in the order of
/// their names; of a folder without images its NPY and NPZ files. Throws Error for a folder without
/// either, or with more than 100,000.
///
/// A file below a folder is called by its path below it, one that was named itself by its file
/// name; both by more of their path if two would have one name.
std::vector<InputFile> input_files(const std::vector<std::string>& names);

}  // namespace latent
