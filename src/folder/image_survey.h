// Formats and sizes of image files, read from their headers.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace latent {

struct ImageSurvey {
  std::map<std::string, int64_t> formats;                // "JPEG" and the number of files
  std::map<std::pair<int64_t, int64_t>, int64_t> sizes;  // upright {height, width}
  std::vector<std::string> unreadable;                   // messages, each naming its file

  /// Returns a side that at least half of the images reach with their shorter side; 0 without
  /// images.
  int64_t typical_side() const;
};

/// Reads every header. Files that are not images, damaged or truncated become `unreadable`.
ImageSurvey survey_images(const std::vector<std::filesystem::path>& files);

}  // namespace latent
