// Results of a command on the user's files, each in a file of its own.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "session/opened_run.h"

namespace latent {

/// Writes one picture for each of the user's files.
class SeparateFiles {
 public:
  /// Writes to --out, else into images/<command>/ of the run, to files "<name>-<what>.png".
  SeparateFiles(const visual::Gallery& gallery, const Arguments& arguments, const OpenedRun& run,
                const std::string& command, std::string what);

  /// Writes the picture for the user's file `file`; a second one of the same name gets a number.
  /// image: [C, H, W].
  void write(const std::string& file, const Tensor& image);
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
