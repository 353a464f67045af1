#include <spdlog/fmt/fmt.h>

#include <cstring>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "image/codecs/module.h"

namespace latent::codecs {
namespace {

// Decodes without changes: OpenCV would drop alpha, and rotate the picture in some formats but not
// in others. It reduces only pictures that it converts to colour; that is JPEG, which has no alpha.
int reading_mode(int64_t reduction) {
  if (reduction == 1) return cv::IMREAD_UNCHANGED;
  const int reduced = reduction == 2   ? cv::IMREAD_REDUCED_COLOR_2
                      : reduction == 4 ? cv::IMREAD_REDUCED_COLOR_4
                                       : cv::IMREAD_REDUCED_COLOR_8;
  return reduced | cv::IMREAD_IGNORE_ORIENTATION;
}

// Returns true for files that OpenCV would take for DICOM. It offers a WebP that its own decoder
// does not recognise to the other decoders; the one of DICOM checks only these letters and ends the
// process for a damaged file.
bool passes_for_dicom(const EncodedImage& image) {
  return image.header.format == ImageFormat::kWebp && image.bytes.size() >= 132 &&
         image.bytes.compare(128, 4, "DICM") == 0;
}

cv::Mat decode_bytes(const EncodedImage& source, int mode) {
  const std::string unreadable =
      source.file + ": cannot be decoded: its data are damaged or of an unsupported kind";
  if (passes_for_dicom(source)) throw Error(unreadable);
  cv::Mat image;
  try {
    const cv::Mat encoded(1, static_cast<int>(source.bytes.size()), CV_8U,
                          const_cast<char*>(source.bytes.data()));
    image = cv::imdecode(encoded, mode);
  } catch (const cv::Exception& failure) {
    throw Error(source.file + ": cannot be decoded: " + failure.err);
  }
  if (image.empty()) throw Error(unreadable);
  return image;
}

cv::Mat to_eight_bits(const cv::Mat& image, const std::string& file) {
  if (image.depth() == CV_8U) return image;
  if (image.depth() != CV_16U)
    throw Error(file + ": neither 8 nor 16 bits a channel; expected one of them");
  cv::Mat scaled;
  image.convertTo(scaled, CV_8U, 1.0 / 257.0);  // 65535 is white, and rounds
  return scaled;
}

// Returns true if the alpha of a 32-bit BMP is unused: some programs leave it at zero, and the
// picture would vanish.
bool alpha_is_filler(const cv::Mat& image, ImageFormat format) {
  if (format != ImageFormat::kBmp) return false;
  cv::Mat alpha;
  cv::extractChannel(image, alpha, 3);
  return cv::countNonZero(alpha) == 0;
}

// BGRA -> BGR, composited on white.
cv::Mat on_white(const cv::Mat& image) {
  cv::Mat flat(image.rows, image.cols, CV_8UC3);
  for (int y = 0; y < image.rows; ++y) {
    const uint8_t* from = image.ptr(y);
    uint8_t* to = flat.ptr(y);
    for (int x = 0; x < image.cols; ++x, from += 4, to += 3) {
      const int alpha = from[3];
      for (int c = 0; c < 3; ++c)
        to[c] = static_cast<uint8_t>((from[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
  }
  return flat;
}

cv::Mat turned(const cv::Mat& image, int orientation) {
  cv::Mat upright = image;
  if (orientation >= 5) cv::transpose(image, upright);  // 5 to 8: rows are columns
  // 2: mirrored; 3: rotated by 180 degrees; 4: flipped vertically. After the transposition 6 is
  // mirrored, 7 both, 8 flipped vertically.
  const bool both = orientation == 3 || orientation == 7;
  const bool mirrored = orientation == 2 || orientation == 6;
  const bool upside_down = orientation == 4 || orientation == 8;
  cv::Mat result = upright;
  if (both || mirrored || upside_down) cv::flip(upright, result, both ? -1 : mirrored ? 1 : 0);
  return result;
}

cv::Mat with_channels(const cv::Mat& image, int64_t channels) {
  cv::Mat converted = image;
  if (image.channels() == 1 && channels == 3) cv::cvtColor(image, converted, cv::COLOR_GRAY2RGB);
  if (image.channels() == 3 && channels == 1) cv::cvtColor(image, converted, cv::COLOR_BGR2GRAY);
  if (image.channels() == 3 && channels == 3) cv::cvtColor(image, converted, cv::COLOR_BGR2RGB);
  return converted;
}

}  // namespace

Picture decode(const EncodedImage& encoded, int64_t channels, int64_t reduction) {
  const std::string& file = encoded.file;
  const ImageHeader& header = encoded.header;
  cv::Mat image = to_eight_bits(decode_bytes(encoded, reading_mode(reduction)), file);
  if (image.channels() == 4) {
    cv::Mat opaque;
    if (alpha_is_filler(image, header.format)) cv::cvtColor(image, opaque, cv::COLOR_BGRA2BGR);
    image = opaque.empty() ? on_white(image) : opaque;
  }
  if (image.channels() != 1 && image.channels() != 3) {
    throw Error(fmt::format("{}: {} channels; expected 1 to 4", file, image.channels()));
  }
  image = turned(with_channels(image, channels), header.orientation);
  Picture picture(image.cols, image.rows, channels, 0);
  for (int y = 0; y < image.rows; ++y) {
    std::memcpy(picture.at(0, y), image.ptr(y), static_cast<size_t>(picture.width * channels));
  }
  return picture;
}

}  // namespace latent::codecs
