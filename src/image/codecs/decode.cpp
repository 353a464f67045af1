#include <spdlog/fmt/fmt.h>

#include <cstring>
#include <limits>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "image/codecs/module.h"
#include "image/codecs/stored.h"
#include "image/webp_frame.h"

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
bool passes_for_dicom(const std::string& bytes) {
  return bytes.starts_with("RIFF") && bytes.size() >= 132 && bytes.compare(128, 4, "DICM") == 0;
}

// Decodes the first frame of an animation onto its canvas, which is transparent.
cv::Mat decode_animation(const EncodedImage& source) {
  const WebpFrame first = first_webp_frame(source.bytes);
  const std::string damaged = source.file + ": damaged: its first frame is missing";
  if (first.still.empty()) throw Error(damaged);
  read_image_header(first.still, source.file);  // refuses what no decoder must see
  cv::Mat frame = decode_bytes(first.still, source.file, cv::IMREAD_UNCHANGED);
  const bool inside =
      first.x + frame.cols <= source.header.width && first.y + frame.rows <= source.header.height;
  if (!inside) throw Error(damaged);
  if (frame.channels() == 3) cv::cvtColor(frame, frame, cv::COLOR_BGR2BGRA);
  cv::Mat canvas = cv::Mat::zeros(static_cast<int>(source.header.height),
                                  static_cast<int>(source.header.width), CV_8UC4);
  frame.copyTo(canvas(
      cv::Rect(static_cast<int>(first.x), static_cast<int>(first.y), frame.cols, frame.rows)));
  return canvas;
}

bool is_animation(const EncodedImage& source) {
  return source.header.format == ImageFormat::kWebp && source.bytes.compare(12, 4, "VP8X") == 0 &&
         !first_webp_frame(source.bytes).still.empty();
}

Stored decode_stored(const EncodedImage& source, int64_t reduction) {
  if (source.header.format == ImageFormat::kTiff) return decode_tiff(source);
  Stored stored{.image = {}, .orientation = source.header.orientation};
  stored.image = is_animation(source)
                     ? decode_animation(source)
                     : decode_bytes(source.bytes, source.file, reading_mode(reduction));
  return stored;
}

bool is_unsigned(const cv::Mat& image) { return image.depth() == CV_8U || image.depth() == CV_16U; }

ValueExtent extent_of(const cv::Mat& image) {
  cv::Mat colours = image;
  if (image.channels() == 4) cv::cvtColor(image, colours, cv::COLOR_BGRA2BGR);
  ValueExtent extent{.top = image.depth() == CV_8U ? 255.0 : 65535.0};
  cv::minMaxLoc(colours.reshape(1), nullptr, &extent.largest);
  return extent;
}

// Brings the values to 8 bits: white to 255. Alpha has the range of its file's values.
cv::Mat to_eight_bits(const cv::Mat& image, const ValueRange& range, const std::string& file) {
  const double top = image.depth() == CV_8U ? 255 : 65535;
  if (image.depth() == CV_8U && range.is_default()) return image;
  if (!is_unsigned(image) && !range.white) {
    throw Error(file +
                ": neither 8 nor 16 bits a channel; expected one of them, or data.black and "
                "data.white for the range of its values");
  }
  const ValueLine line = ValueLine::of(
      range, is_unsigned(image) ? top : std::numeric_limits<double>::infinity(), file);
  cv::Mat scaled;
  image.convertTo(scaled, CV_8U, line.scale, line.offset);  // rounds
  if (image.channels() == 4 && !range.is_default()) {
    cv::Mat alpha;
    cv::extractChannel(image, alpha, 3);
    alpha.convertTo(alpha, CV_8U, 1.0 / (top / 255.0));
    cv::insertChannel(alpha, scaled, 3);
  }
  return scaled;
}

// BGRA -> BGR, composited on white.
cv::Mat on_white(const cv::Mat& image, bool premultiplied) {
  cv::Mat flat(image.rows, image.cols, CV_8UC3);
  for (int y = 0; y < image.rows; ++y) {
    const uint8_t* from = image.ptr(y);
    uint8_t* to = flat.ptr(y);
    for (int x = 0; x < image.cols; ++x, from += 4, to += 3) {
      const int alpha = from[3];
      for (int c = 0; c < 3; ++c) {
        to[c] = premultiplied
                    ? cv::saturate_cast<uint8_t>(from[c] + 255 - alpha)
                    : static_cast<uint8_t>((from[c] * alpha + 255 * (255 - alpha) + 127) / 255);
      }
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

cv::Mat decode_bytes(const std::string& bytes, const std::string& file, int mode) {
  const std::string unreadable =
      file + ": cannot be decoded: its data are damaged or of an unsupported kind";
  if (passes_for_dicom(bytes)) throw Error(unreadable);
  cv::Mat image;
  try {
    const cv::Mat encoded(1, static_cast<int>(bytes.size()), CV_8U,
                          const_cast<char*>(bytes.data()));
    image = cv::imdecode(encoded, mode);
  } catch (const cv::Exception& failure) {
    throw Error(file + ": cannot be decoded: " + failure.err);
  }
  if (image.empty()) throw Error(unreadable);
  return image;
}

Picture decode(const EncodedImage& encoded, int64_t channels, int64_t reduction,
               const ValueRange& range, ValueExtent* extent) {
  const std::string& file = encoded.file;
  const Stored stored = decode_stored(encoded, reduction);
  if (extent != nullptr) *extent = extent_of(stored.image);
  cv::Mat image = to_eight_bits(stored.image, range, file);
  if (image.channels() == 4) image = on_white(image, stored.premultiplied);
  if (image.channels() != 1 && image.channels() != 3) {
    throw Error(fmt::format("{}: {} channels; expected 1 to 4", file, image.channels()));
  }
  image = turned(with_channels(image, channels), stored.orientation);
  Picture picture(image.cols, image.rows, channels, 0);
  for (int y = 0; y < image.rows; ++y) {
    std::memcpy(picture.at(0, y), image.ptr(y), static_cast<size_t>(picture.width * channels));
  }
  return picture;
}

}  // namespace latent::codecs
