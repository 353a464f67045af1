// Pictures with the values of their files, before these are brought to 8 bits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "image/picture.h"

namespace latent {

/// Which values are shown as black and white: value v becomes (v - black) / (white - black),
/// clamped to 0 to 1.
struct ValueRange {
  double black = 0;
  std::optional<double> white = {};  // nothing: the largest value that the file's format can hold

  bool is_default() const { return black == 0 && !white; }
};

/// How an image file is read.
struct ImageReading {
  ValueRange range = {};
  int64_t page = 1;  // of a TIFF, from 1 on

  /// Returns a text that names what differs from the defaults, for a pack's key; "" if nothing
  /// does.
  std::string text() const;
};

/// The largest value of a picture, and the one that is white by default.
struct ValueExtent {
  double largest = 0;
  double top = 255;
};

/// A line from stored values to 8 bits: v * scale + offset, rounded and clamped.
struct ValueLine {
  double scale = 1, offset = 0;

  /// top: the value that is white by default.  Throws Error naming the file if data.white is beyond
  /// what its format can hold, or black is white.
  static ValueLine of(const ValueRange& range, double top, const std::string& file);
  uint8_t at(double value) const;
};

/// Rows from the top, channels interleaved.
struct RawImage {
  int64_t width = 0;
  int64_t height = 0;
  int64_t channels = 1;          // 1 grey, 3 RGB, 4 RGB and alpha (not premultiplied)
  double top = 255;              // the value of white, and of opaque
  std::vector<uint16_t> values;  // height * width * channels
};

/// Returns the picture of 8 bits: alpha composited on white.
///
/// channels: 1 (luma) or 3 (RGB).  extent: receives the values found, if given.
Picture to_picture(const RawImage& raw, int64_t channels, const ValueRange& range,
                   const std::string& file, ValueExtent* extent = nullptr);

}  // namespace latent
