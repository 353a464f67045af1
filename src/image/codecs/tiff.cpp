// TIFF, with help for the kinds that OpenCV 4.6 misreads: 16-bit values in planes, few bits, alpha.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "image/codecs/stored.h"
#include "image/tiff_header.h"

namespace latent::codecs {
namespace {

// Tags, and values of tags.  Source: TIFF 6.0, Adobe 1992.
constexpr uint64_t kWidth = 256, kBits = 258, kCompression = 259, kPhotometric = 262,
                   kStripOffsets = 273, kOrientation = 274, kSamples = 277, kStripBytes = 279,
                   kPlanar = 284, kColours = 320, kTileOffsets = 324, kTileBytes = 325,
                   kExtra = 338, kFormat = 339;
constexpr int64_t kWhiteIsZero = 0, kRgb = 2, kPalette = 3, kMask = 4, kCmyk = 5;
constexpr int64_t kUnsaid = -1, kUnspecified = 0, kPremultiplied = 1;
constexpr uint64_t kFirstFax = 2, kLastFax = 4;  // compressions that know a row's width in bits

std::string colours_of(const TiffDirectory& directory) {
  switch (directory.photometric) {
    case 0:
    case 1:
      return "grey";
    case kRgb:
      return "RGB";
    case kPalette:
      return "palette";
    case kMask:
      return "mask";
    case kCmyk:
      return "CMYK";
    case 6:
      return "YCbCr";
    case 8:
    case 9:
    case 10:
      return "CIE L*a*b*";
    default:
      return fmt::format("colours of kind {}", directory.photometric);
  }
}

std::string kind_of(const TiffDirectory& directory) {
  const char* values = directory.sample_format == 2   ? "signed "
                       : directory.sample_format == 3 ? "floating "
                                                      : "";
  return fmt::format("{}, {} {}value{} of {} bits a pixel{}", colours_of(directory),
                     directory.samples, values, directory.samples == 1 ? "" : "s", directory.bits,
                     directory.planes ? ", in planes" : "");
}

[[noreturn]] void refuse(const EncodedImage& source, const TiffDirectory& directory) {
  throw Error(
      fmt::format("{}: a TIFF of an unsupported kind ({}); convert it to 8-bit or 16-bit "
                  "grey or RGB",
                  source.file, kind_of(directory)));
}

cv::Mat decode_plain(const EncodedImage& source, const TiffDirectory& directory) {
  try {
    return decode_bytes(source.bytes, source.file, cv::IMREAD_UNCHANGED);
  } catch (const Error& failure) {
    throw Error(fmt::format("{} (a TIFF: {})", failure.what(), kind_of(directory)));
  }
}

// Values of 1, 2 or 4 bits: decoded as bytes that hold several, whatever the compression.
bool is_narrow(const EncodedImage& source, const TiffDirectory& directory) {
  const bool bits = directory.bits == 2 || directory.bits == 4 ||
                    (directory.bits == 1 && directory.photometric == kPalette);
  const auto compression = tiff_numbers(source.bytes, kCompression);
  const bool fax =
      !compression.empty() && compression[0] >= kFirstFax && compression[0] <= kLastFax;
  return bits && directory.samples == 1 && !directory.tiled && !directory.large && !fax &&
         directory.photometric <= kPalette && directory.photometric != kRgb;
}

// Returns the colours of the values, BGR.
std::vector<cv::Vec3b> narrow_colours(const EncodedImage& source, const TiffDirectory& directory) {
  const auto palette = tiff_numbers(source.bytes, kColours);
  const int count = 1 << directory.bits;
  std::vector<cv::Vec3b> colours;
  for (int value = 0; value < count; ++value) {
    cv::Vec3b colour;
    for (int c = 0; c < 3; ++c) {
      const int grey = directory.photometric == kWhiteIsZero ? count - 1 - value : value;
      const auto place = static_cast<size_t>((2 - c) * count + value);  // all reds come first
      colour[c] = static_cast<uint8_t>(directory.photometric != kPalette ? grey * 255 / (count - 1)
                                       : place < palette.size()          ? palette[place] >> 8
                                                                         : 0);
    }
    colours.push_back(colour);
  }
  return colours;
}

Stored decode_narrow(const EncodedImage& source, const TiffDirectory& directory) {
  const auto bits = static_cast<int>(directory.bits);
  const auto row = static_cast<uint32_t>((directory.width * bits + 7) / 8);
  const std::string bytes = with_tiff_changes(source.bytes, {{kWidth, {row}},
                                                             {kBits, {8}},
                                                             {kPhotometric, {1}},
                                                             {kOrientation, {}},
                                                             {kColours, {}},
                                                             {kExtra, {}},
                                                             {kFormat, {}}});
  const cv::Mat packed = decode_bytes(bytes, source.file, cv::IMREAD_UNCHANGED);
  if (packed.type() != CV_8UC1 || packed.cols != static_cast<int>(row)) refuse(source, directory);
  const auto colours = narrow_colours(source, directory);
  cv::Mat image(packed.rows, static_cast<int>(directory.width), CV_8UC3);
  const int per_byte = 8 / bits;
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const int shift = (per_byte - 1 - x % per_byte) * bits;
      const int value = packed.at<uint8_t>(y, x / per_byte) >> shift & ((1 << bits) - 1);
      image.at<cv::Vec3b>(y, x) = colours[static_cast<size_t>(value)];
    }
  }
  if (directory.photometric != kPalette) cv::cvtColor(image, image, cv::COLOR_BGR2GRAY);
  return {.image = image, .orientation = directory.orientation};
}

// Decodes one of several planes as a grey picture of its own.
cv::Mat decode_plane(const EncodedImage& source, const TiffDirectory& directory, size_t plane) {
  const auto part_of = [&](uint64_t tag) {
    const auto all = tiff_numbers(source.bytes, tag);
    const size_t count = all.size() / static_cast<size_t>(directory.samples);
    std::vector<uint32_t> part;
    for (size_t i = plane * count; i < (plane + 1) * count; ++i)
      part.push_back(static_cast<uint32_t>(all[i]));
    return part;
  };
  const auto offsets = part_of(directory.tiled ? kTileOffsets : kStripOffsets);
  const auto sizes = part_of(directory.tiled ? kTileBytes : kStripBytes);
  if (offsets.empty() || offsets.size() != sizes.size()) refuse(source, directory);
  const std::string bytes =
      with_tiff_changes(source.bytes, {{kBits, {16}},
                                       {kPhotometric, {1}},
                                       {kSamples, {1}},
                                       {kPlanar, {}},
                                       {kExtra, {}},
                                       {kFormat, {}},
                                       {directory.tiled ? kTileOffsets : kStripOffsets, offsets},
                                       {directory.tiled ? kTileBytes : kStripBytes, sizes}});
  const cv::Mat grey = decode_bytes(bytes, source.file, cv::IMREAD_UNCHANGED);
  if (grey.type() != CV_16UC1) refuse(source, directory);
  return grey;
}

cv::Mat decode_planes(const EncodedImage& source, const TiffDirectory& directory) {
  const bool colour = directory.photometric == kRgb;
  const bool readable = directory.sample_format == 1 && !directory.large &&
                        directory.samples >= (colour ? 3 : 1) && directory.samples <= 16 &&
                        (colour || directory.photometric <= 1);
  if (!readable) refuse(source, directory);
  std::vector<cv::Mat> planes;
  for (const size_t plane : colour ? std::vector<size_t>{2, 1, 0} : std::vector<size_t>{0, 0, 0})
    planes.push_back(decode_plane(source, directory, plane));
  if (directory.photometric == kWhiteIsZero) {
    for (auto& plane : planes)
      plane = 65535 - plane;
  }
  const int64_t colours = colour ? 3 : 1;
  if (directory.samples > colours && directory.extra != kUnspecified)
    planes.push_back(decode_plane(source, directory, static_cast<size_t>(colours)));
  const bool same = std::all_of(planes.begin(), planes.end(), [&](const cv::Mat& plane) {
    return plane.size() == planes.front().size();
  });
  if (!same) refuse(source, directory);
  cv::Mat image;
  cv::merge(planes, image);
  return image;
}

}  // namespace

Stored decode_tiff(const EncodedImage& source) {
  const TiffDirectory directory = read_tiff_directory(source.bytes);
  // libtiff shows them in the colours of one old monitor.
  if (directory.photometric >= 8 && directory.photometric <= 10) refuse(source, directory);
  if (is_narrow(source, directory)) return decode_narrow(source, directory);
  Stored stored;
  const bool planes = directory.planes && directory.bits == 16 && directory.samples > 1;
  stored.image = planes ? decode_planes(source, directory) : decode_plain(source, directory);
  if (stored.image.channels() != 4) return stored;
  if (directory.extra == kUnspecified && directory.photometric != kCmyk) {
    cv::cvtColor(stored.image, stored.image, cv::COLOR_BGRA2BGR);
    return stored;
  }
  // libtiff, which OpenCV asks for 8-bit pictures, multiplies by alpha that is declared.
  const bool multiplied = stored.image.depth() == CV_8U && directory.extra != kUnsaid;
  stored.premultiplied = directory.extra == kPremultiplied || multiplied;
  return stored;
}

}  // namespace latent::codecs
