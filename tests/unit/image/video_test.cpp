#include "image/video.h"

#include <cstdlib>

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

/// Puts a program called ffmpeg before all others on $PATH while it lives.
class FakeEncoder {
 public:
  explicit FakeEncoder(const std::string& script) : before_(std::getenv("PATH")) {
    if (!script.empty()) {
      const auto program = folder_ / "ffmpeg";
      write_file(program, "#!/bin/sh\n" + script);
      std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    }
    const std::string path =
        folder_.path().string() + (script.empty() ? std::string() : ":" + before_);
    ::setenv("PATH", path.c_str(), 1);
  }
  ~FakeEncoder() { ::setenv("PATH", before_.c_str(), 1); }
  FakeEncoder(const FakeEncoder&) = delete;
  FakeEncoder& operator=(const FakeEncoder&) = delete;

 private:
  TemporaryFolder folder_;
  std::string before_;
};

// Copies its arguments, and the size of the frames, into the file to write: the last argument.
constexpr const char* kEcho =
    "for last; do :; done\nwhile [ \"$1\" != -i ]; do echo \"$1\"; shift; done >\"${last#file:}\"\n"
    "wc -c <\"${2#file:}\" >>\"${last#file:}\"\n";

TEST(Video, FramesOfAnMp4BecomeEven) {
  const TemporaryFolder folder;
  const FakeEncoder encoder(kEcho);
  const Picture frame(5, 3, 3, 7);
  write_video({frame, frame, frame}, folder / "new/a.mp4", {.fps = 12.5, .ping_pong = true});
  const std::string told = read_file(folder / "new/a.mp4");
  EXPECT_NE(told.find("-video_size\n6x4\n-framerate\n12.5\n"), std::string::npos) << told;
  EXPECT_NE(told.find("\n288\n"), std::string::npos) << "4 frames of 6x4x3 bytes: " << told;
}

TEST(Video, TheLastLineOfAFailureIsTheReason) {
  const TemporaryFolder folder;
  const FakeEncoder encoder("echo one >&2; echo Unknown encoder >&2; exit 3\n");
  const auto file = folder / "a.webp";
  expect_error([&] { write_video({Picture(2, 2, 1, 0)}, file); },
               file.string() + ": ffmpeg failed: Unknown encoder");
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(Video, NamesThePackageThatIsMissing) {
  const FakeEncoder nothing("");
  expect_error([] { expect_video_writer("a.mp4"); },
               "a.mp4: ffmpeg is not on the PATH; install the package ffmpeg, or write a .gif");
}

TEST(Video, KnowsItsEndings) {
  EXPECT_TRUE(is_video("a.mp4") && is_video("b.webp") && is_video("c.apng"));
  EXPECT_FALSE(is_video("a.gif") || is_video("a.png") || is_video(""));
}

}  // namespace
}  // namespace latent
