#include "data/place.h"

#include <cstdlib>

namespace latent {
namespace fs = std::filesystem;

fs::path data_folder(const std::string& directory, const std::string& folder) {
  if (!directory.empty()) return directory;
  const char* root = std::getenv("LATENT_DATA");
  std::error_code ignored;
  if (root != nullptr && *root != '\0' && fs::is_directory(fs::path(root) / folder, ignored)) {
    return fs::path(root) / folder;
  }
  return fs::path("data") / folder;
}

}  // namespace latent
