#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "image/codecs/module.h"

namespace latent::codecs {

std::string jpeg(const Picture& picture, int quality) {
  const auto width = static_cast<int>(picture.width), height = static_cast<int>(picture.height);
  cv::Mat pixels(height, width, picture.channels == 1 ? CV_8UC1 : CV_8UC3,
                 const_cast<uint8_t*>(picture.pixels.data()));
  if (picture.channels == 3) {
    cv::Mat reversed;
    cv::cvtColor(pixels, reversed, cv::COLOR_RGB2BGR);
    pixels = reversed;
  }
  std::vector<uint8_t> bytes;
  cv::imencode(".jpg", pixels, bytes, {cv::IMWRITE_JPEG_QUALITY, quality});
  return {bytes.begin(), bytes.end()};
}

}  // namespace latent::codecs
