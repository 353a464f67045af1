#include "command/output/animation.h"

#include <spdlog/fmt/fmt.h>

#include "command/flags/look.h"
#include "core/error.h"
#include "core/log.h"
#include "image/gif.h"
#include "image/video.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

fs::path numbered(const fs::path& folder, size_t index) {
  return folder / fmt::format("{:04}.png", index);
}

void write_frames(const fs::path& folder, const std::vector<Picture>& frames) {
  for (size_t i = 0; i < frames.size(); ++i)
    write_png(frames[i], numbered(folder, i));
  // Frames of an earlier, longer animation must not follow those of this one.
  std::error_code ignored;
  for (size_t i = frames.size(); fs::remove(numbered(folder, i), ignored); ++i) {
  }
}

}  // namespace

void declare_animation(cxxopts::Options& options) {
  declare_out(options,
              "folder to write to, or X.png (or X.jpg) for the strip alone, or X.gif, .mp4, "
              ".webp or .apng for the animation alone (the last three need ffmpeg; default: a "
              "folder in images/ of the run)");
  options.add_options("output")("fps", "frames per second of the animation",
                                cxxopts::value<double>()->default_value("10"), "N");
  options.add_options("output")("ping-pong", "play the animation forwards and backwards");
  options.add_options("output")("loop", "number of repetitions of the animation; 0: endless",
                                cxxopts::value<int64_t>()->default_value("0"), "N");
  declare_look(options, Draws::kPictures);
}

void expect_images(const OpenedRun& run, const std::string& command) {
  if (!run.experiment.data.is_table()) return;
  throw Error(command + ": draws images, but the examples of " + run.directory.path().string() +
              " are rows of a table; expected a run of images; for tables use encode, plot, "
              "reconstruct or sample --sampler manifold");
}

OutputPaths output_paths(const Arguments& arguments, const fs::path& folder, bool animated) {
  const double fps = arguments.number("fps");
  if (!(fps >= 0.01 && fps <= 100))
    throw UsageError(fmt::format("--fps {}: expected a number >= 0.01 and <= 100", fps));
  arguments.integer("loop", 0, 65535);
  read_look(arguments, Draws::kStrips);
  const fs::path out = arguments.has("out") ? fs::path(arguments.text("out")) : folder;
  const std::string kind = out.extension().string();
  const std::vector<std::string> moving{"fps", "ping-pong", "loop", "frames", "gif"};
  const bool picture = kind == ".png" || kind == ".jpg" || kind == ".jpeg";
  if (picture) {
    arguments.refuse(moving, "for animations, but --out " + out.string() +
                                 " is a picture; expected --out with a folder or a .gif");
  }
  if (picture) return {.strip = out, .animation = {}, .frames = {}};
  if (kind == ".gif") return {.strip = {}, .animation = out, .frames = {}};
  if (is_video(out)) {
    expect_video_writer(out);
    return {.strip = {}, .animation = out, .frames = {}};
  }
  for (const char* other : {".bmp", ".svg", ".pdf", ".avi", ".mov", ".mkv", ".webm"}) {
    if (kind == other)
      throw UsageError("--out " + out.string() +
                       ": expected a folder, a .png or a .jpg, or a .gif, .mp4, .webp or .apng");
  }
  if (!animated)
    arguments.refuse(moving, "for animations; expected also --gif, or a .gif with --out");
  if (!animated) return {.strip = out / "strip.png", .animation = {}, .frames = {}};
  return {.strip = out / "strip.png", .animation = out / "animation.gif", .frames = out / "frames"};
}

std::vector<std::string> write_pictures(const Arguments& arguments, const OutputPaths& paths,
                                        const Picture& strip, const std::vector<Picture>& frames) {
  std::vector<std::string> written;
  if (!paths.strip.empty()) {
    write_picture(strip, paths.strip);
    written.push_back(paths.strip.string());
  }
  if (is_video(paths.animation)) {
    write_video(frames, paths.animation,
                {.fps = arguments.number("fps"),
                 .loop = arguments.integer("loop", 0),
                 .ping_pong = arguments.flag("ping-pong")});
    written.push_back(paths.animation.string());
  } else if (paths.animated()) {
    const WrittenGif gif = write_gif(frames, paths.animation,
                                     {.fps = arguments.number("fps"),
                                      .loop = arguments.integer("loop", 0),
                                      .ping_pong = arguments.flag("ping-pong")});
    if (!gif.notice.empty()) log::info("{}: {}", paths.animation.string(), gif.notice);
    written.push_back(paths.animation.string());
  }
  if (!paths.frames.empty()) {
    write_frames(paths.frames, frames);
    written.push_back(paths.frames.string());
  }
  return written;
}

}  // namespace latent
