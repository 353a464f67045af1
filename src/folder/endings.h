// What the endings of files that are not read as images say about them.
#pragma once

#include <filesystem>
#include <string>

namespace latent {

/// Returns the ending of a name in small letters, ".heic"; ".nii.gz" for a volume; "" without one.
std::string ending_of(const std::filesystem::path& path);

/// Returns what to do about a file that is not read as an image, "convert them with ..."; or "" for
/// a file that nobody expects to be read beside images: texts, labels, programs, what systems leave
/// behind.
std::string remedy_for(const std::filesystem::path& path);

/// Whether the ending is that of a camera's raw photo: .dng, .nef, .cr2, ...
bool is_raw_ending(const std::filesystem::path& path);

/// Whether the ending is that of a file that `latent data check` reads by itself: .csv, .npz, ...
bool is_data_file(const std::filesystem::path& path);

/// Whether systems make folders of that name beside the user's: "__MACOSX".
bool is_system_folder(const std::string& name);

}  // namespace latent
