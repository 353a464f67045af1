// What the data sets share that recognise a path (DatasetRow::recognise).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace latent {

/// The side to which a recognised data set brings large images: quick to train on.
constexpr int64_t kSuggestedSide = 64;

/// Whether `path` is not a folder and its name ends in `ending`, such as ".csv".
inline bool is_file_called(const std::filesystem::path& path, const std::string& ending) {
  std::error_code ignored;
  return path.extension() == ending && !std::filesystem::is_directory(path, ignored);
}

}  // namespace latent
