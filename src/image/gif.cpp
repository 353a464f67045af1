#include "image/gif.h"

#include <c10/util/Exception.h>
#include <gif_lib.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/error.h"
#include "core/system/file.h"
#include "image/palette.h"

namespace latent {
namespace {

constexpr double kSlowest = 0.01, kFastest = 100;  // frames per second
constexpr int64_t kLargestGifSide = 65535;         // the format's 16 bits

int append(GifFileType* gif, const GifByteType* data, int bytes) {
  try {
    static_cast<std::string*>(gif->UserData)
        ->append(reinterpret_cast<const char*>(data), static_cast<size_t>(bytes));
    return bytes;
  } catch (...) {
    return 0;  // giflib is C: it reports a short write as an error
  }
}

/// Encodes a GIF into memory with giflib.
class Encoder {
 public:
  explicit Encoder(std::string file) : file_(std::move(file)) {
    int code = 0;
    gif_ = EGifOpen(&encoded_, append, &code);
    if (gif_ == nullptr) fail(code);
  }
  ~Encoder() {
    int ignored = 0;
    if (gif_ != nullptr) EGifCloseFile(gif_, &ignored);
  }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  void begin(const Picture& first, const Palette& palette, int64_t loop) {
    EGifSetGifVersion(gif_, true);  // 89a, which has delays
    int size = 2;
    while (size < static_cast<int>(palette.colours().size()))
      size *= 2;
    std::unique_ptr<ColorMapObject, void (*)(ColorMapObject*)> map(GifMakeMapObject(size, nullptr),
                                                                   GifFreeMapObject);
    if (!map) throw Error(file_ + ": cannot be encoded as GIF: out of memory");
    for (size_t i = 0; i < palette.colours().size(); ++i) {
      const auto& [red, green, blue] = palette.colours()[i];
      map->Colors[i] = {red, green, blue};
    }
    check(EGifPutScreenDesc(gif_, static_cast<int>(first.width), static_cast<int>(first.height), 8,
                            0, map.get()));
    if (loop != 1) put_loop(loop);
  }

  void add(std::vector<uint8_t> indices, const Picture& frame, int centiseconds) {
    GraphicsControlBlock control{DISPOSE_DO_NOT, false, centiseconds, NO_TRANSPARENT_COLOR};
    GifByteType extension[4];
    EGifGCBToExtension(&control, extension);
    check(EGifPutExtension(gif_, GRAPHICS_EXT_FUNC_CODE, sizeof extension, extension));
    check(EGifPutImageDesc(gif_, 0, 0, static_cast<int>(frame.width),
                           static_cast<int>(frame.height), false, nullptr));
    for (int64_t y = 0; y < frame.height; ++y) {
      check(EGifPutLine(gif_, indices.data() + y * frame.width, static_cast<int>(frame.width)));
    }
  }

  std::string finish() {
    int code = 0;
    GifFileType* closing = std::exchange(gif_, nullptr);
    if (EGifCloseFile(closing, &code) != GIF_OK) fail(code);
    return std::move(encoded_);
  }

 private:
  // Source: the application extension that Netscape 2.0 introduced; 0 repeats for ever.
  void put_loop(int64_t loop) {
    const int64_t repeats = loop == 0 ? 0 : std::min<int64_t>(loop - 1, 65535);
    const unsigned char count[] = {1, static_cast<unsigned char>(repeats & 255),
                                   static_cast<unsigned char>(repeats >> 8)};
    check(EGifPutExtensionLeader(gif_, APPLICATION_EXT_FUNC_CODE));
    check(EGifPutExtensionBlock(gif_, 11, "NETSCAPE2.0"));
    check(EGifPutExtensionBlock(gif_, sizeof count, count));
    check(EGifPutExtensionTrailer(gif_));
  }
  void check(int result) {
    if (result != GIF_OK) fail(gif_->Error);
  }
  [[noreturn]] void fail(int code) const {
    const char* reason = GifErrorString(code);
    throw Error(file_ +
                ": cannot be encoded as GIF: " + (reason == nullptr ? "unknown error" : reason));
  }

  std::string file_;
  std::string encoded_;
  GifFileType* gif_ = nullptr;
};

// Returns the delay of a frame; browsers turn 0 and 1 into 10.
int centiseconds(double fps) { return std::max(2, static_cast<int>(std::lround(100 / fps))); }

std::string speed_notice(double asked, double got) {
  if (std::abs(asked - got) < 0.005 * asked) return "";
  return fmt::format(
      "{:.4g} frames a second became {:.4g}: a GIF counts in hundredths of a second, at least two",
      asked, got);
}

void check_frames(const std::vector<Picture>& frames, const std::string& file, double fps) {
  TORCH_CHECK(!frames.empty(), "write_gif: no frames");
  const Picture& first = frames.front();
  for (const auto& frame : frames) {
    TORCH_CHECK(frame.width == first.width && frame.height == first.height &&
                    frame.channels == first.channels,
                "write_gif: frames of different sizes");
  }
  if (!(fps >= kSlowest && fps <= kFastest)) {
    throw Error(
        fmt::format("{}: {} frames a second; expected {} to {}", file, fps, kSlowest, kFastest));
  }
  if (std::max(first.width, first.height) > kLargestGifSide) {
    throw Error(fmt::format("{}: {}x{} pixels; a GIF has at most {} a side", file, first.width,
                            first.height, kLargestGifSide));
  }
}

}  // namespace

EncodedGif encode_gif(const std::vector<Picture>& frames, const std::string& file,
                      const GifOptions& options) {
  check_frames(frames, file, options.fps);
  std::vector<size_t> order;
  for (size_t i = 0; i < frames.size(); ++i)
    order.push_back(i);
  for (size_t i = frames.size(); options.ping_pong && i-- > 2;)
    order.push_back(i - 1);

  Palette palette(frames);
  Encoder encoder(file);
  const int delay = centiseconds(options.fps);
  encoder.begin(frames.front(), palette, options.loop);
  for (const size_t i : order)
    encoder.add(palette.indices(frames[i]), frames[i], delay);
  WrittenGif written{
      .frames = static_cast<int64_t>(order.size()), .fps = 100.0 / delay, .notice = ""};
  written.notice = speed_notice(options.fps, written.fps);
  if (!palette.notice().empty())
    written.notice += (written.notice.empty() ? "" : "; ") + palette.notice();
  return {.bytes = encoder.finish(), .written = written};
}

WrittenGif write_gif(const std::vector<Picture>& frames, const std::filesystem::path& path,
                     const GifOptions& options) {
  const EncodedGif gif = encode_gif(frames, path.string(), options);
  if (path.has_parent_path()) make_directories(path.parent_path());
  write_file(path, gif.bytes);
  return gif.written;
}

}  // namespace latent
