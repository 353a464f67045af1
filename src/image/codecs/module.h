// The parts of the codecs library: the only files that include OpenCV.
#pragma once

#include "image/codec_table.h"

namespace latent::codecs {

Picture decode(const EncodedImage& image, int64_t channels, int64_t reduction,
               const ValueRange& range = {}, ValueExtent* extent = nullptr);
Picture resize(const Picture& picture, int64_t width, int64_t height, Filter filter);
std::vector<uint8_t> palette(const std::vector<uint8_t>& rgb, int64_t colours);
std::string encode(const Picture& picture, Compression format, int64_t quality);
Compressed compress(const Picture& picture, Compression format, int64_t quality);

}  // namespace latent::codecs
