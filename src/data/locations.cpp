#include "data/locations.h"

#include <cstdlib>

#include "core/error.h"

namespace latent {
namespace fs = std::filesystem;

namespace {

/// Returns the folder that an environment variable names, or "".
fs::path folder_of(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

}  // namespace

void expect_there(const fs::path& path, const std::string& key, const std::string& what) {
  std::error_code code;
  if (fs::exists(path, code) || code) return;  // whoever opens it says what is wrong
  const std::string from =
      path.is_absolute() ? "" : " in the working directory, " + fs::current_path(code).string();
  throw Error(key + ": " + path.string() + ": no such " + what + from +
              "; expected the path of a " + what);
}

fs::path data_folder(const std::string& directory, const std::string& folder) {
  if (!directory.empty()) return directory;
  const fs::path root = folder_of("LATENT_DATA"), here = fs::path("data") / folder;
  if (root.empty()) return here;
  std::error_code ignored;
  if (fs::is_directory(root / folder, ignored)) return root / folder;
  if (fs::is_directory(here, ignored)) return here;
  throw Error((root / folder).string() + ": no such folder, nor " + here.string() +
              "; see scripts/fetch_data.sh, or set data.dir or LATENT_DATA (now " + root.string() +
              ")");
}

fs::path located(const fs::path& path) {
  const fs::path root = folder_of("LATENT_DATA");
  std::error_code ignored;
  if (root.empty() || path.is_absolute() || fs::exists(path, ignored)) return path;
  const fs::path inside = *path.begin() == "data" ? path.lexically_relative("data") : path;
  return fs::exists(root / inside, ignored) ? root / inside : path;
}

fs::path cache_folder() {
  if (const fs::path cache = folder_of("LATENT_CACHE"); !cache.empty()) return cache;
  if (const fs::path cache = folder_of("XDG_CACHE_HOME"); !cache.empty()) return cache / "latent";
  if (const fs::path home = folder_of("HOME"); !home.empty()) return home / ".cache" / "latent";
  throw Error("no folder for packed images: HOME is not set; set LATENT_CACHE");
}

}  // namespace latent
