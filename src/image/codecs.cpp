#include "image/codecs.h"

#include <c10/util/Exception.h>
#include <spdlog/fmt/fmt.h>

#include <array>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/system/module.h"
#include "core/text/split.h"
#include "image/bmp.h"
#include "image/codec_table.h"
#include "image/gif_frame.h"
#include "image/pnm.h"
#include "image/tiff_header.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestFile = size_t{1} << 30;
constexpr int64_t kLargestJpegSide = 65500;
constexpr int kJpegQuality = 92;

#if LATENT_IMAGE_CODECS

const CodecTable* load() {
  void* symbol = module_symbol("latent_codecs.so", kCodecTableSymbol, "image codecs",
                               "is OpenCV installed? see scripts/setup.sh");
  return reinterpret_cast<const CodecTable* (*)()>(symbol)();
}

#else

const CodecTable* load() {
  throw Error("image codecs: this build has none; rebuild with -DLATENT_IMAGE_CODECS=ON");
}

#endif

const CodecTable& codecs() {
  static const CodecTable* const table = load();
  return *table;
}

// Formats that need no library.
constexpr std::array<std::pair<ImageFormat, RawImage (*)(std::string_view, const std::string&)>, 3>
    kOwnReaders{{{ImageFormat::kBmp, read_bmp},
                 {ImageFormat::kGif, read_gif_frame},
                 {ImageFormat::kPnm, read_pnm}}};

void select_page(EncodedImage& image, int64_t page) {
  const bool tiff =
      sniff_image(std::string_view(image.bytes).substr(0, kSniffedBytes)) == ImageFormat::kTiff;
  if (tiff && select_tiff_page(image.bytes, page)) return;
  const int64_t pages = tiff ? count_tiff_pages(image.bytes) : 1;
  throw Error(fmt::format("{}: has {} page{}; expected at least data.page, {}", image.file, pages,
                          pages == 1 ? "" : "s", page));
}

}  // namespace

void require_codecs() { codecs(); }

bool have_codecs() {
  try {
    require_codecs();
    return true;
  } catch (const Error&) {
    return false;
  }
}

EncodedImage read_encoded(const fs::path& path, int64_t page) {
  expect_regular_file(path);
  EncodedImage image{.file = path.string(), .bytes = read_file(path, kLargestFile), .header = {}};
  if (page != 1) select_page(image, page);
  image.header = read_image_header(image.bytes, image.file);  // refuses what no decoder must see
  return image;
}

EncodedImage in_memory(std::string bytes, std::string name) {
  EncodedImage image{.file = std::move(name), .bytes = std::move(bytes), .header = {}};
  image.header = read_image_header(image.bytes, image.file);
  return image;
}

std::string about_other_pages(const ImageHeader& header) {
  if (header.pages < 2) return "";
  if (header.format == ImageFormat::kTiff)
    return fmt::format("a TIFF of {} pages; data.page says which one is read", header.pages);
  return fmt::format("an animation of {} frames; its first is read", header.pages);
}

Picture decode(const EncodedImage& image, int64_t channels, int64_t reduction,
               const ValueRange& range, ValueExtent* extent) {
  TORCH_CHECK(channels == 1 || channels == 3, "decode: got ", channels,
              " channels; expected 1 or 3");
  TORCH_CHECK(reduction == 1 || reduction == 2 || reduction == 4 || reduction == 8,
              "decode: got a reduction by ", reduction, "; expected 1, 2, 4 or 8");
  const ImageFormat format = image.header.format;
  for (const auto& [own, read] : kOwnReaders) {
    if (own == format)
      return to_picture(read(image.bytes, image.file), channels, range, image.file, extent);
  }
  const bool reducible = format == ImageFormat::kJpeg;
  return codecs().decode(image, channels, reducible ? reduction : 1, range, extent);
}

Picture read_image(const fs::path& path, int64_t channels, const ImageReading& reading) {
  const EncodedImage image = read_encoded(path, reading.page);
  const std::string others = about_other_pages(image.header);
  if (!others.empty() && reading.page == 1) log::info("{}: {}", image.file, others);
  return decode(image, channels, 1, reading.range);
}

Picture resize(const Picture& picture, int64_t width, int64_t height, Filter filter) {
  TORCH_CHECK(width > 0 && height > 0, "resize: got ", width, "x", height,
              "; expected at least 1x1");
  return codecs().resize(picture, width, height, filter);
}

void write_picture(const Picture& picture, const fs::path& path) {
  const std::string kind = lower_case(path.extension().string());
  if (kind != ".jpg" && kind != ".jpeg") return write_png(picture, path);
  if (picture.width > kLargestJpegSide || picture.height > kLargestJpegSide) {
    throw Error(fmt::format("{}: a picture of {}x{} pixels; a JPEG can have {} a side",
                            path.string(), picture.width, picture.height, kLargestJpegSide));
  }
  const std::string bytes = codecs().encode(picture, Compression::kJpeg, kJpegQuality);
  if (path.has_parent_path()) make_directories(path.parent_path());
  write_file(path, bytes);
}

std::vector<uint8_t> choose_palette(const std::vector<uint8_t>& rgb, int64_t colours) {
  return codecs().palette(rgb, colours);
}

std::string encode_lossy(const Picture& picture, Compression format, int64_t quality) {
  return codecs().encode(picture, format, quality);
}

Compressed compress(const Picture& picture, Compression format, int64_t quality) {
  return codecs().compress(picture, format, quality);
}

}  // namespace latent
