// Pictures as OpenCV decodes them, with what it does not say about their values.
#pragma once

#include <opencv2/core.hpp>

#include "image/codecs.h"

namespace latent::codecs {

/// A decoded picture in the values of its file: grey, BGR or BGRA.
struct Stored {
  cv::Mat image;
  bool premultiplied = false;  // the colours are multiplied by alpha
  int orientation = 1;         // that remains to be applied, as in EXIF
};

/// Decodes bytes of any format. file: the name for messages.
/// Throws Error if OpenCV cannot decode them.
cv::Mat decode_bytes(const std::string& bytes, const std::string& file, int mode);

/// Decodes a TIFF, of which OpenCV misreads some kinds and drops facts about alpha.
/// Throws Error with the reason for a kind that cannot be read.
Stored decode_tiff(const EncodedImage& source);

}  // namespace latent::codecs
