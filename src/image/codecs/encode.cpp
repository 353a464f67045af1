#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <utility>

#include "core/error.h"
#include "image/codecs/module.h"

namespace latent::codecs {
namespace {

int type_of(const Picture& picture) { return picture.channels == 1 ? CV_8UC1 : CV_8UC3; }

Picture with_turned_channels(Picture picture) {
  for (size_t i = 0; picture.channels == 3 && i + 2 < picture.pixels.size(); i += 3)
    std::swap(picture.pixels[i], picture.pixels[i + 2]);
  return picture;
}

}  // namespace

std::string encode(const Picture& picture, Compression format, int64_t quality) {
  Picture turned = with_turned_channels(picture);  // OpenCV's order is blue, green, red
  const cv::Mat from(static_cast<int>(picture.height), static_cast<int>(picture.width),
                     type_of(picture), turned.pixels.data());
  const bool jpeg = format == Compression::kJpeg;
  std::vector<uint8_t> bytes;
  const std::vector<int> options{jpeg ? cv::IMWRITE_JPEG_QUALITY : cv::IMWRITE_WEBP_QUALITY,
                                 static_cast<int>(quality)};
  if (!cv::imencode(jpeg ? ".jpg" : ".webp", from, bytes, options))
    throw Error("this OpenCV writes no " + std::string(jpeg ? "JPEG" : "WebP"));
  return {bytes.begin(), bytes.end()};
}

Compressed compress(const Picture& picture, Compression format, int64_t quality) {
  const std::string file = encode(picture, format, quality);
  const std::vector<uint8_t> bytes(file.begin(), file.end());
  const cv::Mat back =
      cv::imdecode(bytes, picture.channels == 1 ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR);
  if (back.rows != static_cast<int>(picture.height) ||
      back.cols != static_cast<int>(picture.width) || back.type() != type_of(picture))
    throw Error("this OpenCV cannot read what it wrote");
  Picture turned = picture;
  for (int64_t y = 0; y < picture.height; ++y) {
    const uint8_t* row = back.ptr<uint8_t>(static_cast<int>(y));
    std::copy(row, row + picture.width * picture.channels, turned.at(0, y));
  }
  return {static_cast<int64_t>(bytes.size()), with_turned_channels(std::move(turned))};
}

}  // namespace latent::codecs
