// The output of commands that move through the latent space: a strip, an animation, and the
// animation's frames.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "image/picture.h"
#include "session/opened_run.h"

namespace latent {

/// Declares --out, --fps, --ping-pong, --loop and how pictures look.
void declare_animation(cxxopts::Options& options);

/// Throws Error if the run's examples are rows of a table: such commands draw images.
void expect_images(const OpenedRun& run, const std::string& command);

/// Where the pictures go; an empty path is not written.
struct OutputPaths {
  std::filesystem::path strip;      // a PNG or JPEG
  std::filesystem::path animation;  // a GIF, MP4, WebP or APNG
  std::filesystem::path frames;     // a folder of numbered PNGs

  bool animated() const { return !animation.empty(); }
};

/// Returns paths in `folder`, or in the folder of --out; --out X.png selects the strip alone and
/// --out X.gif the animation alone. animated: whether to write an animation if --out is a folder.
/// Throws UsageError for --out of another kind, and for flags out of range.
OutputPaths output_paths(const Arguments& arguments, const std::filesystem::path& folder,
                         bool animated);

/// Writes to each path that is not empty, and logs how the GIF format changed the speed or the
/// colours. Returns the paths written; for the frames their folder.
std::vector<std::string> write_pictures(const Arguments& arguments, const OutputPaths& paths,
                                        const Picture& strip, const std::vector<Picture>& frames);

}  // namespace latent
