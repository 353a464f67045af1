#include "image/header.h"

#include <spdlog/fmt/fmt.h>
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "core/error.h"
#include "image/byte_view.h"
#include "image/gif_frame.h"
#include "image/pnm.h"
#include "image/tiff_header.h"
#include "image/webp_frame.h"

namespace latent {
namespace {

using namespace std::string_view_literals;

/// What was found while walking over a file.
struct Walk {
  ImageHeader header = {};
  bool complete = false;
  std::string damage = "";    // what is wrong with the file, or ""
  uint64_t largest_tile = 0;  // pixels of a TIFF tile, which decoders allocate as a whole
};

Walk walk_tiff(std::string_view bytes, const std::string& file) {
  if (is_raw_photo(bytes)) {
    throw Error(file +
                ": a camera's raw photo, which this program does not read; develop it, for example "
                "with darktable-cli");
  }
  const TiffDirectory directory = read_tiff_directory(bytes);
  Walk walk{.header = {.format = ImageFormat::kTiff}};
  walk.header.width = directory.width;
  walk.header.height = directory.height;
  walk.header.pages = count_tiff_pages(bytes);
  walk.largest_tile = directory.tile_pixels;
  walk.complete = directory.complete;
  return walk;
}

Walk walk_gif(std::string_view bytes) {
  const GifLayout layout = read_gif_layout(bytes);
  Walk walk{.header = {.format = ImageFormat::kGif}};
  walk.header.width = layout.width;
  walk.header.height = layout.height;
  walk.header.pages = layout.frames;
  walk.complete = layout.complete;
  return walk;
}

Walk walk_pnm(std::string_view bytes) {
  const PnmHeader header = read_pnm_header(bytes);
  Walk walk{.header = {.format = ImageFormat::kPnm}};
  walk.header.width = header.width;
  walk.header.height = header.height;
  walk.complete = header.complete || header.width == 0;  // no size: damaged, not cut short
  return walk;
}

int exif_orientation(std::string_view exif) {
  if (exif.substr(0, 6) == "Exif\0\0"sv) exif.remove_prefix(6);
  if (exif.substr(0, 2) != "II" && exif.substr(0, 2) != "MM") return 1;
  return read_tiff_directory(exif).orientation;
}

// Returns the bytes of a profile that ImageMagick writes into a PNG as text: a line with its kind,
// a line with its size, and lines of hexadecimal digits.
std::string from_raw_profile(std::string_view text) {
  constexpr size_t kMost = 1 << 17;  // the orientation comes early
  std::string bytes;
  const size_t size = text.find('\n', 1);
  const size_t start = size == text.npos ? size : text.find('\n', size + 1);
  if (start == text.npos) return bytes;
  std::string digits;
  for (const char letter : text.substr(start, kMost)) {
    if (letter == '\n' || letter == ' ') continue;
    if (std::isxdigit(static_cast<unsigned char>(letter)) == 0) break;
    digits += letter;
    if (digits.size() < 2) continue;
    bytes += static_cast<char>(std::stoi(digits, nullptr, 16));
    digits.clear();
  }
  return bytes;
}

// Returns what Adobe's and ImageMagick's programs write: tiff:Orientation="3", or
// <tiff:Orientation>3<.
int xmp_orientation(std::string_view xmp) {
  constexpr auto kName = "tiff:Orientation"sv;
  const size_t at = xmp.find(kName);
  if (at == xmp.npos) return 1;
  const size_t digit = xmp.find_first_not_of("=\"'> ", at + kName.size());
  const bool there = digit != xmp.npos && xmp[digit] >= '1' && xmp[digit] <= '8';
  return there ? xmp[digit] - '0' : 1;
}

// Returns the end of entropy-coded data: the first marker that is not a stuffed 0xff or a restart.
size_t end_of_scan(std::string_view bytes, size_t at) {
  for (at = bytes.find('\xff', at); at != bytes.npos && at + 1 < bytes.size();
       at = bytes.find('\xff', at + 1)) {
    const auto next = static_cast<unsigned char>(bytes[at + 1]);
    if (next != 0x00 && next != 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.size();
}

bool is_frame(uint64_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

// Returns the place of the next marker from `at` on, or the end. As decoders do, skips stray bytes,
// which wrong lengths of segments leave too, and fill bytes.  Source: next_marker of libjpeg.
size_t next_marker(const ByteView& view, size_t at) {
  for (; at + 1 < view.size(); ++at) {
    if (view.u8(at) == 0xff && view.u8(at + 1) != 0xff && view.u8(at + 1) != 0) return at;
  }
  return view.size();
}

// Restarts and TEM have no length.
bool stands_alone(uint64_t marker) { return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8); }

// Walks segment by segment, through every scan, to the end marker: decoders make up the missing
// part of a truncated file.
Walk walk_jpeg(std::string_view bytes) {
  const ByteView view(bytes, true);
  Walk walk{.header = {.format = ImageFormat::kJpeg}};
  size_t at = next_marker(view, 2);
  while (at < view.size() && !walk.complete) {
    const uint64_t marker = view.u8(at + 1);
    const size_t length = stands_alone(marker) ? 0 : std::max<uint64_t>(2, view.u16(at + 2));
    if (is_frame(marker)) {
      walk.header.height = static_cast<int64_t>(view.u16(at + 5));
      walk.header.width = static_cast<int64_t>(view.u16(at + 7));
    } else if (marker == 0xe1 && view.has(at + 4, "Exif\0\0"sv)) {
      walk.header.orientation = exif_orientation(view.part(at + 4, length - 2));
    }
    walk.complete = marker == 0xd9;
    at += 2 + length;
    at = marker == 0xda ? end_of_scan(bytes, at) : next_marker(view, at);
  }
  return walk;
}

Walk walk_png(std::string_view bytes) {
  const ByteView view(bytes, true);
  Walk walk{.header = {.format = ImageFormat::kPng}};
  walk.header.width = static_cast<int64_t>(view.u32(16));
  walk.header.height = static_cast<int64_t>(view.u32(20));
  for (size_t at = 8; at < view.size() && !walk.complete;) {
    const size_t length = view.u32(at);
    if (view.has(at + 4, "eXIf"))
      walk.header.orientation = exif_orientation(view.part(at + 8, length));
    if (view.has(at + 4, "iTXtXML:com.adobe.xmp\0"sv) && walk.header.orientation == 1)
      walk.header.orientation = xmp_orientation(view.part(at + 8, length));
    constexpr auto kRawProfile = "tEXtRaw profile type exif\0"sv;
    if (view.has(at + 4, kRawProfile) && length + 4 > kRawProfile.size() &&
        walk.header.orientation == 1)
      walk.header.orientation = exif_orientation(from_raw_profile(
          view.part(at + 4 + kRawProfile.size(), length + 4 - kRawProfile.size())));
    walk.complete = view.has(at + 4, "IEND") && at + 12 <= view.size();
    const auto chunk = view.part(at + 4, 4 + length);
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(chunk.data()), static_cast<uInt>(chunk.size()));
    if (at + 12 + length <= view.size() && sum != view.u32(at + 8 + length))
      walk.damage = "a checksum does not fit";
    at += 12 + length;
  }
  return walk;
}

Walk walk_bmp(std::string_view bytes) {
  const ByteView view(bytes, false);
  Walk walk{.header = {.format = ImageFormat::kBmp}};
  const bool old = view.u32(14) == 12;  // the header of OS/2 1.x has 16-bit sizes
  walk.header.width = old ? static_cast<int64_t>(view.u16(18)) : view.i32(18);
  walk.header.height = std::abs(old ? static_cast<int64_t>(view.u16(20)) : view.i32(22));
  const uint64_t bits = view.u16(old ? 24 : 28), compression = old ? 0 : view.u32(30);
  const auto width = static_cast<uint64_t>(std::max<int64_t>(0, walk.header.width));
  const bool packed =
      compression == 1 || compression == 2;  // run lengths: the size is not known beforehand
  const uint64_t row = (width * bits + 31) / 32 * 4;
  const uint64_t pixels = packed ? 0 : row * static_cast<uint64_t>(walk.header.height);
  walk.complete = view.u32(10) + pixels <= view.size();
  return walk;
}

Walk walk_webp(std::string_view bytes) {
  const ByteView view(bytes, false);
  Walk walk{.header = {.format = ImageFormat::kWebp}};
  auto& [format, width, height, orientation, pages] = walk.header;
  if (view.has(12, "VP8 ")) {
    width = static_cast<int64_t>(view.u16(26) & 0x3fff);
    height = static_cast<int64_t>(view.u16(28) & 0x3fff);
  } else if (view.has(12, "VP8L")) {
    const uint64_t packed = view.u32(21);
    width = static_cast<int64_t>((packed & 0x3fff) + 1);
    height = static_cast<int64_t>((packed >> 14 & 0x3fff) + 1);
  } else if (view.has(12, "VP8X")) {
    width = static_cast<int64_t>(view.number(24, 3) + 1);
    height = static_cast<int64_t>(view.number(27, 3) + 1);
  }
  for (size_t at = 12; at + 8 <= view.size(); at += 8 + (view.u32(at + 4) + 1) / 2 * 2) {
    if (view.has(at, "EXIF")) orientation = exif_orientation(view.part(at + 8, view.u32(at + 4)));
  }
  pages = count_webp_frames(bytes);
  walk.complete = view.u32(4) + 8 <= view.size();
  return walk;
}

Walk walk_file(std::string_view bytes, const std::string& file) {
  const auto format = sniff_image(bytes.substr(0, kSniffedBytes));
  if (!format) {
    const auto foreign = sniff_foreign_image(bytes.substr(0, kSniffedBytes));
    if (foreign)
      throw Error(file + ": " + foreign->name + ", which this program does not read; " +
                  foreign->remedy);
    throw Error(file + ": not an image this program reads; expected " + image_format_names());
  }
  switch (*format) {
    case ImageFormat::kJpeg:
      return walk_jpeg(bytes);
    case ImageFormat::kPng:
      return walk_png(bytes);
    case ImageFormat::kBmp:
      return walk_bmp(bytes);
    case ImageFormat::kTiff:
      return walk_tiff(bytes, file);
    case ImageFormat::kWebp:
      return walk_webp(bytes);
    case ImageFormat::kGif:
      return walk_gif(bytes);
    case ImageFormat::kPnm:
      return walk_pnm(bytes);
  }
  return {};
}

}  // namespace

ImageHeader read_image_header(std::string_view bytes, const std::string& file) {
  if (bytes.empty()) throw Error(file + ": empty file; expected an image");
  const Walk walk = walk_file(bytes, file);
  const ImageHeader& header = walk.header;
  // Sizes are checked before completeness: a bomb is reported as such, and a truncated header has
  // no size.
  const auto pixels = std::max<uint64_t>(
      walk.largest_tile, static_cast<uint64_t>(std::max<int64_t>(0, header.width)) *
                             static_cast<uint64_t>(std::max<int64_t>(0, header.height)));
  if (pixels > static_cast<uint64_t>(kMaxPixels)) {
    throw Error(fmt::format("{}: {}x{} pixels; expected at most {} megapixels", file, header.width,
                            header.height, kMaxPixels / 1'000'000));
  }
  if (!walk.complete) throw Error(file + ": cut short: the end of the image is missing");
  if (!walk.damage.empty()) throw Error(file + ": damaged: " + walk.damage);
  if (header.width < 1 || header.height < 1)
    throw Error(file + ": damaged: its header has no size");
  return header;
}

}  // namespace latent
