// Animations as MP4, WebP and APNG files, which the program ffmpeg writes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "image/picture.h"

namespace latent {

struct VideoOptions {
  double fps = 10;
  int64_t loop = 0;        // number of repetitions; 0: forever; an MP4 leaves it to the player
  bool ping_pong = false;  // play backwards after the last frame, without repeating either end
};

/// Returns true for a file that write_video writes: .mp4, .webp, .apng.
bool is_video(const std::filesystem::path& path);

/// Throws Error naming the package to install if the file cannot be written here.
void expect_video_writer(const std::filesystem::path& path);

/// Writes the frames, all of one size and channel count, and moves the file into place when it is
/// whole. An MP4 (H.264) gets an even number of rows and columns: the last ones are repeated.
/// Throws Error as expect_video_writer does, and with ffmpeg's last line if it fails.
void write_video(const std::vector<Picture>& frames, const std::filesystem::path& path,
                 const VideoOptions& options = {});

}  // namespace latent
