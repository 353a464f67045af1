// Which run a path means.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace latent {

/// A path that lies in a run, or is one.
struct PathInRun {
  std::filesystem::path run;  // the folder of the run
  std::string checkpoint;     // "best" for RUN/checkpoints/best.safetensors; else ""
};

/// Returns true if a folder holds a run: its config and how it was built.
bool is_run(const std::filesystem::path& folder);

/// Returns the run that `path` is, or that the file or folder `path` lies in: at most three folders
/// above it. Nothing if there is no such path or no such run.
std::optional<PathInRun> run_of_path(const std::filesystem::path& path);

/// Returns the runs in a folder, and those in its folders, by their paths in order. At most
/// `limit`.
std::vector<std::filesystem::path> runs_below(const std::filesystem::path& folder, size_t limit);

}  // namespace latent
