#include "image/video.h"

#include <c10/util/Exception.h>
#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

#include "core/error.h"
#include "core/system/child.h"
#include "core/system/file.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEncoder = "ffmpeg";

// The options of ffmpeg for each kind of file.
struct VideoKind {
  const char* ending;
  bool even;                         // needs an even number of rows and columns
  std::vector<std::string> options;  // of the encoder and the file
  std::string repeats;               // the option that says how often it plays, or ""
};

const std::vector<VideoKind>& kinds() {
  static const std::vector<VideoKind> all{
      {".mp4",
       true,
       {"-c:v", "libx264", "-crf", "16", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f",
        "mp4"},
       ""},
      {".webp", false, {"-c:v", "libwebp_anim", "-lossless", "1", "-f", "webp"}, "-loop"},
      {".apng", false, {"-c:v", "apng", "-f", "apng"}, "-plays"},
  };
  return all;
}

const VideoKind* video_kind(const fs::path& path) {
  for (const auto& kind : kinds()) {
    if (path.extension() == kind.ending) return &kind;
  }
  return nullptr;
}

// A folder for the frames and ffmpeg's messages, removed at the end.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code code;
    std::string name = (fs::temp_directory_path(code) / "latent-video-XXXXXX").string();
    if (code || ::mkdtemp(name.data()) == nullptr)
      throw Error(name + ": cannot make this folder: " + std::strerror(errno));
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code code;
    fs::remove_all(path_, code);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  fs::path file(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

// The picture with its last column and row repeated, so that both numbers are even.
Picture made_even(const Picture& from) {
  Picture even(from.width + from.width % 2, from.height + from.height % 2, from.channels, 0);
  for (int64_t y = 0; y < even.height; ++y) {
    for (int64_t x = 0; x < even.width; ++x) {
      const uint8_t* pixel = from.at(std::min(x, from.width - 1), std::min(y, from.height - 1));
      std::copy(pixel, pixel + from.channels, even.at(x, y));
    }
  }
  return even;
}

std::vector<size_t> order_of(size_t count, bool ping_pong) {
  std::vector<size_t> order;
  for (size_t i = 0; i < count; ++i)
    order.push_back(i);
  for (size_t i = count; ping_pong && i-- > 2;)
    order.push_back(i - 1);
  return order;
}

void write_raw(const std::vector<Picture>& frames, const std::vector<size_t>& order, bool even,
               const fs::path& file) {
  std::ofstream out(file, std::ios::binary);
  for (const size_t i : order) {
    const Picture frame = even ? made_even(frames[i]) : frames[i];
    out.write(reinterpret_cast<const char*>(frame.pixels.data()),
              static_cast<std::streamsize>(frame.pixels.size()));
  }
  out.flush();
  if (!out) throw Error(file.string() + ": cannot be written; is the disk full?");
}

std::string last_line_of(const fs::path& file) {
  std::istringstream lines(read_file(file));
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

std::vector<std::string> words_for(const VideoKind& kind, const Picture& first, double fps,
                                   int64_t loop, const fs::path& raw, const fs::path& target) {
  const auto side = [&](int64_t length) { return kind.even ? length + length % 2 : length; };
  std::vector<std::string> words{program_on_path(kEncoder).string(),
                                 "-nostdin",
                                 "-hide_banner",
                                 "-loglevel",
                                 "error",
                                 "-y",
                                 "-f",
                                 "rawvideo",
                                 "-pixel_format",
                                 first.channels == 1 ? "gray" : "rgb24",
                                 "-video_size",
                                 fmt::format("{}x{}", side(first.width), side(first.height)),
                                 "-framerate",
                                 fmt::format("{}", fps),
                                 "-i",
                                 "file:" + raw.string()};
  words.insert(words.end(), kind.options.begin(), kind.options.end());
  if (!kind.repeats.empty()) {
    words.push_back(kind.repeats);
    words.push_back(std::to_string(loop));
  }
  words.push_back("file:" + target.string());
  return words;
}

}  // namespace

bool is_video(const fs::path& path) { return video_kind(path) != nullptr; }

void expect_video_writer(const fs::path& path) {
  if (!program_on_path(kEncoder).empty()) return;
  throw Error(path.string() +
              ": ffmpeg is not on the PATH; install the package ffmpeg, or write a .gif");
}

void write_video(const std::vector<Picture>& frames, const fs::path& path,
                 const VideoOptions& options) {
  const VideoKind* kind = video_kind(path);
  TORCH_CHECK(kind != nullptr && !frames.empty(), "write_video: no kind of video, or no frames");
  expect_video_writer(path);
  if (path.has_parent_path()) make_directories(path.parent_path());
  const ScratchFolder scratch;
  const fs::path raw = scratch.file("frames"), messages = scratch.file("messages");
  write_raw(frames, order_of(frames.size(), options.ping_pong), kind->even, raw);
  const fs::path whole = scratch.file("video");
  ChildProcess encoder(words_for(*kind, frames.front(), options.fps, options.loop, raw, whole),
                       "/dev/null", messages);
  std::optional<int> code;
  while (!(code = encoder.wait(1))) {
  }
  if (*code != 0) {
    const std::string reason = last_line_of(messages);
    throw Error(path.string() + ": ffmpeg failed: " +
                (reason.empty() ? "exit code " + std::to_string(*code) : reason));
  }
  write_file(path, read_file(whole));
}

}  // namespace latent
