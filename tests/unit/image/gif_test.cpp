#include "image/gif.h"

#include <gif_lib.h>

#include "core/system/file.h"
#include "image/codecs.h"
#include "unit/expect.h"

namespace latent {
namespace {

/// The contents of a file, read by giflib.
struct ReadGif {
  std::vector<std::vector<uint8_t>> frames;  // RGB
  std::vector<int> delays;                   // centiseconds
  int loop = -1;                             // repetitions; 0: forever; -1: missing
};

ReadGif read_back(const std::filesystem::path& path) {
  int code = 0;
  GifFileType* gif = DGifOpenFileName(path.c_str(), &code);
  EXPECT_NE(gif, nullptr);
  EXPECT_EQ(DGifSlurp(gif), GIF_OK);
  ReadGif read;
  for (int i = 0; i < gif->ImageCount; ++i) {
    const SavedImage& image = gif->SavedImages[i];
    std::vector<uint8_t> rgb;
    for (int p = 0; p < gif->SWidth * gif->SHeight; ++p) {
      const GifColorType& colour = gif->SColorMap->Colors[image.RasterBits[p]];
      rgb.insert(rgb.end(), {colour.Red, colour.Green, colour.Blue});
    }
    read.frames.push_back(rgb);
    GraphicsControlBlock control;
    EXPECT_EQ(DGifSavedExtensionToGCB(gif, i, &control), GIF_OK);
    read.delays.push_back(control.DelayTime);
    for (int e = 0; e + 1 < image.ExtensionBlockCount; ++e) {
      const ExtensionBlock &name = image.ExtensionBlocks[e], &value = image.ExtensionBlocks[e + 1];
      if (name.Function != APPLICATION_EXT_FUNC_CODE) continue;
      EXPECT_EQ(std::string(reinterpret_cast<char*>(name.Bytes), 11), "NETSCAPE2.0");
      read.loop = value.Bytes[1] + 256 * value.Bytes[2];
    }
  }
  DGifCloseFile(gif, &code);
  return read;
}

/// Grey frames, each filled with one level.
std::vector<Picture> grey_frames(const std::vector<uint8_t>& levels) {
  std::vector<Picture> frames;
  for (const uint8_t level : levels)
    frames.emplace_back(5, 3, 1, level);
  return frames;
}

std::vector<int> levels(const ReadGif& gif) {
  std::vector<int> first;
  for (const auto& frame : gif.frames)
    first.push_back(frame[0]);
  return first;
}

TEST(Gif, GreyKeepsAllItsLevels) {
  const TemporaryFolder folder;
  Picture ramp(256, 2, 1, 0);
  for (int64_t x = 0; x < 256; ++x)
    *ramp.at(x, 0) = *ramp.at(x, 1) = static_cast<uint8_t>(x);
  const WrittenGif written = write_gif({ramp}, folder / "a" / "x.gif");
  EXPECT_EQ(written.notice, "");
  const auto frame = read_back(folder / "a" / "x.gif").frames.at(0);
  for (size_t x = 0; x < 256; ++x)
    ASSERT_EQ(frame[3 * x], x);
}

TEST(Gif, PlaysInOrderAndAtItsSpeed) {
  const TemporaryFolder folder;
  const WrittenGif written = write_gif(grey_frames({1, 2, 3}), folder / "x.gif", {.fps = 20});
  EXPECT_EQ(written.frames, 3);
  EXPECT_EQ(written.fps, 20);
  EXPECT_EQ(written.notice, "");
  const ReadGif gif = read_back(folder / "x.gif");
  EXPECT_EQ(levels(gif), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(gif.delays, (std::vector<int>{5, 5, 5}));
  EXPECT_EQ(gif.loop, 0);
}

TEST(Gif, PingPongShowsNeitherEndTwice) {
  const TemporaryFolder folder;
  const auto played = [&](const std::vector<uint8_t>& frames) {
    write_gif(grey_frames(frames), folder / "x.gif", {.ping_pong = true});
    return levels(read_back(folder / "x.gif"));
  };
  EXPECT_EQ(played({1, 2, 3, 4}), (std::vector<int>{1, 2, 3, 4, 3, 2}));
  EXPECT_EQ(played({1, 2}), (std::vector<int>{1, 2}));
  EXPECT_EQ(played({1}), (std::vector<int>{1}));
}

TEST(Gif, LoopsAsOftenAsAsked) {
  const TemporaryFolder folder;
  write_gif(grey_frames({1, 2}), folder / "x.gif", {.loop = 1});
  EXPECT_EQ(read_back(folder / "x.gif").loop, -1);
  write_gif(grey_frames({1, 2}), folder / "x.gif", {.loop = 300});
  EXPECT_EQ(read_back(folder / "x.gif").loop, 299);
}

TEST(Gif, SaysHowSpeedWasRounded) {
  const TemporaryFolder folder;
  const WrittenGif thirty = write_gif(grey_frames({1, 2}), folder / "x.gif", {.fps = 30});
  EXPECT_NEAR(thirty.fps, 100.0 / 3, 1e-9);
  EXPECT_EQ(
      thirty.notice,
      "30 frames a second became 33.33: a GIF counts in hundredths of a second, at least two");
  EXPECT_EQ(write_gif(grey_frames({1, 2}), folder / "x.gif", {.fps = 100}).fps, 50);
}

Picture colours(int64_t count) {
  Picture picture(count, 1, 3, 0);
  for (int64_t x = 0; x < count; ++x) {
    picture.at(x, 0)[0] = static_cast<uint8_t>(x);
    picture.at(x, 0)[1] = static_cast<uint8_t>(x / 256 * 40);
    picture.at(x, 0)[2] = 77;
  }
  return picture;
}

TEST(Gif, KeepsUpTo256Colours) {
  const TemporaryFolder folder;
  const Picture picture = colours(256);
  EXPECT_EQ(write_gif({picture}, folder / "x.gif").notice, "");
  EXPECT_EQ(read_back(folder / "x.gif").frames.at(0), picture.pixels);
}

TEST(Gif, ApproximatesMoreColours) {
  const TemporaryFolder folder;
  const Picture picture = colours(600);
  const WrittenGif written = write_gif({picture}, folder / "x.gif");
  const auto frame = read_back(folder / "x.gif").frames.at(0);
  int worst = 0;
  for (size_t i = 0; i < frame.size(); ++i)
    worst = std::max(worst, std::abs(frame[i] - picture.pixels[i]));
  if (have_codecs()) {
    EXPECT_EQ(written.notice, "colours were reduced to 256");
    EXPECT_LE(worst, 8);
  } else {
    EXPECT_EQ(written.notice,
              "colours were reduced to a fixed 216, because this build has no image codecs to "
              "choose better ones");
    EXPECT_LE(worst, 26);
  }
}

TEST(Gif, NamesFileAndReason) {
  const TemporaryFolder folder;
  const std::string file = (folder / "x.gif").string();
  expect_error([&] { write_gif(grey_frames({1}), file, {.fps = 0}); },
               file + ": 0 frames a second; expected 0.01 to 100");
  expect_error([&] { write_gif({Picture(70000, 1, 1, 0)}, file); },
               file + ": 70000x1 pixels; a GIF has at most 65535 a side");
  write_file(folder / "file", "in the way");
  expect_error([&] { write_gif(grey_frames({1}), folder / "file" / "x.gif"); },
               (folder / "file").string() + ": cannot make this folder: Not a directory");
}

}  // namespace
}  // namespace latent
