// What commands that move through the latent space write: a strip, the same as an animation, and
// the animation's frames.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "image/picture.h"
#include "session/opened_run.h"

namespace latent {

/// Declares --out, --fps, --ping-pong, --loop, --captions and --scale.
void declare_animation(cxxopts::Options& options);

/// Throws Error if the run's examples are rows of a table: such commands draw images.
void expect_images(const OpenedRun& run, const std::string& command);

/// Where the pictures go; an empty path is not written.
struct OutputPaths {
  std::filesystem::path strip;      // a PNG
  std::filesystem::path animation;  // a GIF
  std::filesystem::path frames;     // a folder of numbered PNGs

  bool animated() const { return !animation.empty(); }
};

/// Below `folder`, or as --out says: another folder, X.png for the strip alone or X.gif for the
/// animation alone. animated: whether an animation is wanted if --out does not settle it.
/// Throws UsageError for --out of another kind, and for --fps, --loop or --scale out of range.
OutputPaths output_paths(const Arguments& arguments, const std::filesystem::path& folder,
                         bool animated);

/// Writes what has a place. Says how the format forced the speed or the colours to change.
/// Returns the paths written, frames as their folder.
std::vector<std::string> write_pictures(const Arguments& arguments, const OutputPaths& paths,
                                        const Picture& strip, const std::vector<Picture>& frames);

}  // namespace latent
