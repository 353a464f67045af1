#include "run/run_path.h"

#include <algorithm>

namespace latent {
namespace fs = std::filesystem;

namespace {

constexpr int kDeepestInRun = 3;         // "images/sample/x.png"
constexpr size_t kMostEntries = 10'000;  // of a folder that are looked at

// Returns the folders in a folder, sorted; none if it cannot be read.
std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> all;
  std::error_code code;
  size_t seen = 0;
  for (fs::directory_iterator it(folder, code), end; !code && it != end && seen < kMostEntries;
       it.increment(code), ++seen) {
    if (std::error_code other; it->is_directory(other)) all.push_back(it->path());
  }
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

bool is_run(const fs::path& folder) {
  std::error_code code;
  return fs::exists(folder / "config.json", code) && fs::exists(folder / "build.json", code);
}

std::optional<PathInRun> run_of_path(const fs::path& path) {
  std::error_code code;
  if (path.empty() || !fs::exists(path, code)) return std::nullopt;
  if (is_run(path)) return PathInRun{path, ""};
  fs::path folder = path.has_filename() ? path : path.parent_path();
  for (int level = 0; level < kDeepestInRun && folder.has_parent_path(); ++level) {
    folder = folder.parent_path();
    if (!is_run(folder)) continue;
    const bool checkpoint =
        path.parent_path() == folder / "checkpoints" && path.extension() == ".safetensors";
    return PathInRun{folder, checkpoint ? path.stem().string() : ""};
  }
  return std::nullopt;
}

std::vector<fs::path> runs_below(const fs::path& folder, size_t limit) {
  std::vector<fs::path> runs;
  for (const auto& each : folders_in(folder)) {
    if (is_run(each)) {
      runs.push_back(each);
    } else {
      for (const auto& inner : folders_in(each)) {
        if (is_run(inner)) runs.push_back(inner);
      }
    }
    if (runs.size() >= limit) break;
  }
  runs.resize(std::min(runs.size(), limit));
  return runs;
}

}  // namespace latent
