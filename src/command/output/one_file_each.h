// Results of a command on the user's files, each in a file of its own.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "session/opened_run.h"

namespace latent {

/// Returns the path, without an ending, of the result for an image: "crack/000" for
/// "crack/000.png", "new-3" for "new.npy:3". It never leads out of the folder it is below: roots
/// and ".." are left out.
std::filesystem::path result_path(const std::string& name);

/// Returns paths below the folder for results of images of these names; a second one of the same
/// name gets a number. ending: ".png".
std::vector<std::filesystem::path> result_paths(const std::filesystem::path& folder,
                                                const std::vector<std::string>& names,
                                                const std::string& ending);

/// Writes one picture for each of the user's files.
class SeparateFiles {
 public:
  /// Writes to --out, else into images/<command>/ of the run, to files "<name>-<what>.png".
  SeparateFiles(const visual::Gallery& gallery, const Arguments& arguments, const OpenedRun& run,
                const std::string& command, std::string what);

  /// Writes the picture of the user's image called `name` ("crack/000.png", "new.npy:3") to a file
  /// of the same place below the folder; a second one of the same name gets a number.
  /// image: [C, H, W].
  void write(const std::string& name, const Tensor& image);
  const std::filesystem::path& folder() const { return folder_; }
  const std::vector<std::string>& written() const { return written_; }

 private:
  const visual::Gallery& gallery_;
  std::filesystem::path folder_;
  std::string what_;
  std::set<std::string> taken_;
  std::vector<std::string> written_;
};

}  // namespace latent
