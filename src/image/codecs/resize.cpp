#include <opencv2/imgproc.hpp>

#include "image/codecs/module.h"

namespace latent::codecs {

Picture resize(const Picture& picture, int64_t width, int64_t height, Filter filter) {
  const int type = picture.channels == 1 ? CV_8UC1 : CV_8UC3;
  const cv::Mat from(static_cast<int>(picture.height), static_cast<int>(picture.width), type,
                     const_cast<uint8_t*>(picture.pixels.data()));
  Picture resized(width, height, picture.channels, 0);
  cv::Mat to(static_cast<int>(height), static_cast<int>(width), type, resized.pixels.data());
  const int method = filter == Filter::kArea       ? cv::INTER_AREA
                     : filter == Filter::kBilinear ? cv::INTER_LINEAR
                                                   : cv::INTER_CUBIC;
  cv::resize(from, to, to.size(), 0, 0, method);  // writes in place: size and type fit
  return resized;
}

}  // namespace latent::codecs
