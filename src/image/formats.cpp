#include "image/formats.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "core/text/split.h"

namespace latent {
namespace {

using namespace std::string_view_literals;

bool begins(std::string_view bytes, std::string_view text, size_t at = 0) {
  return at <= bytes.size() && bytes.substr(at, text.size()) == text;
}

bool is_jpeg(std::string_view bytes) { return begins(bytes, "\xff\xd8\xff"); }
bool is_png(std::string_view bytes) { return begins(bytes, "\x89PNG\r\n\x1a\n"); }

// Texts begin with BM too: the next header's size is one of the format's own.
bool is_bmp(std::string_view bytes) {
  if (!begins(bytes, "BM") || bytes.size() < 18) return false;
  const auto size = static_cast<unsigned char>(bytes[14]);
  return begins(bytes, "\0\0\0"sv, 15) && size >= 12 && size <= 124;
}

bool is_tiff(std::string_view bytes) {
  return begins(bytes, "II*\0"sv) || begins(bytes, "MM\0*"sv) || begins(bytes, "II+\0"sv) ||
         begins(bytes, "MM\0+"sv);
}

bool is_webp(std::string_view bytes) { return begins(bytes, "RIFF") && begins(bytes, "WEBP", 8); }

bool is_gif(std::string_view bytes) { return begins(bytes, "GIF87a") || begins(bytes, "GIF89a"); }

// P1 to P6, then a space or a comment, then a size: texts may begin like this, but not with
// numbers.
bool is_pnm(std::string_view bytes) {
  if (bytes.size() < 4 || bytes[0] != 'P' || bytes[1] < '1' || bytes[1] > '6') return false;
  const size_t at = bytes.find_first_not_of(" \t\r\n", 2);
  return at != bytes.npos && at > 2 &&
         (bytes[at] == '#' || std::isdigit(static_cast<unsigned char>(bytes[at])) != 0);
}

struct FormatRow {
  ImageFormat format;
  std::string_view name;
  std::vector<std::string_view> endings;  // the first is the example
  bool (*recognise)(std::string_view);
};

const std::vector<FormatRow>& image_formats() {
  static const std::vector<FormatRow> rows{
      {ImageFormat::kJpeg, "JPEG", {".jpg", ".jpeg", ".jpe", ".jfif"}, is_jpeg},
      {ImageFormat::kPng, "PNG", {".png"}, is_png},
      {ImageFormat::kBmp, "BMP", {".bmp"}, is_bmp},
      {ImageFormat::kTiff, "TIFF", {".tif", ".tiff"}, is_tiff},
      {ImageFormat::kWebp, "WebP", {".webp"}, is_webp},
      {ImageFormat::kGif, "GIF", {".gif"}, is_gif},
      {ImageFormat::kPnm, "PNM", {".pgm", ".ppm", ".pbm", ".pnm"}, is_pnm},
  };
  return rows;
}

// "a, b or c" of one text of each row.
template <class TextOf>
std::string alternatives(TextOf text_of) {
  const auto& rows = image_formats();
  std::string list;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) list += i + 1 == rows.size() ? " or " : ", ";
    list += text_of(rows[i]);
  }
  return list;
}

/// A format that is only named, known by bytes at a place.
struct ForeignRow {
  size_t at;
  std::string_view bytes;
  const char* name;
  const char* tool;  // that converts it
};

// ISO 14496-12 files name their brand at byte 8, after "ftyp".
const std::array kForeignRows{
    ForeignRow{4, "ftypheic", "HEIC", "heif-convert"},
    ForeignRow{4, "ftypheix", "HEIC", "heif-convert"},
    ForeignRow{4, "ftyphevc", "HEIC", "heif-convert"},
    ForeignRow{4, "ftypheim", "HEIC", "heif-convert"},
    ForeignRow{4, "ftypheis", "HEIC", "heif-convert"},
    ForeignRow{4, "ftypmif1", "HEIF", "heif-convert"},
    ForeignRow{4, "ftypmsf1", "HEIF", "heif-convert"},
    ForeignRow{4, "ftypavif", "AVIF", "avifdec"},
    ForeignRow{4, "ftypavis", "AVIF", "avifdec"},
    ForeignRow{0, "\0\0\0\x0cjP  \r\n"sv, "JPEG 2000", "ImageMagick"},
    ForeignRow{0, "\xff\x4f\xff\x51", "JPEG 2000", "ImageMagick"},
    ForeignRow{0, "\0\0\0\x0cJXL \r\n"sv, "JPEG XL", "djxl"},
    ForeignRow{0, "\xff\x0a", "JPEG XL", "djxl"},
    ForeignRow{0, "8BPS", "Photoshop", "ImageMagick"},
    ForeignRow{128, "DICM", "DICOM", "dcmj2pnm"},
    ForeignRow{0, "\x76\x2f\x31\x01", "OpenEXR", "ImageMagick"},
    ForeignRow{0, "DDS ", "DDS", "ImageMagick"},
    ForeignRow{0, "SIMPLE  =", "FITS", "astropy"},
    ForeignRow{0, "P7\n", "PAM", "pamtopnm"},
    ForeignRow{0, "PF\n", "PFM", "ImageMagick"},
    ForeignRow{0, "Pf\n", "PFM", "ImageMagick"},
};

}  // namespace

std::optional<ImageFormat> sniff_image(std::string_view first_bytes) {
  for (const auto& row : image_formats()) {
    if (row.recognise(first_bytes)) return row.format;
  }
  return std::nullopt;
}

std::optional<ForeignFormat> sniff_foreign_image(std::string_view first_bytes) {
  for (const auto& row : kForeignRows) {
    if (!begins(first_bytes, row.bytes, row.at)) continue;
    return ForeignFormat{row.name,
                         std::string("convert it to PNG or JPEG, for example with ") + row.tool};
  }
  return std::nullopt;
}

std::string to_string(ImageFormat format) {
  for (const auto& row : image_formats()) {
    if (row.format == format) return std::string(row.name);
  }
  return "";
}

std::string image_format_names() {
  return alternatives([](const FormatRow& row) { return row.name; });
}

std::string image_ending_examples() {
  return alternatives([](const FormatRow& row) { return row.endings.front(); });
}

bool is_image_ending(std::string_view ending) {
  const std::string lower = lower_case(std::string(ending));
  return std::any_of(image_formats().begin(), image_formats().end(), [&](const FormatRow& row) {
    return std::find(row.endings.begin(), row.endings.end(), lower) != row.endings.end();
  });
}

}  // namespace latent
