#include <algorithm>
#include <opencv2/core.hpp>

#include "image/codecs/module.h"

namespace latent::codecs {
namespace {

constexpr size_t kSamples = 16384;  // pixels that k-means sees: more cost time and change little
constexpr int kIterations = 8;

}  // namespace

std::vector<uint8_t> palette(const std::vector<uint8_t>& rgb, int64_t colours) {
  const size_t pixels = rgb.size() / 3;
  const size_t count = std::min(pixels, kSamples);
  cv::Mat samples(static_cast<int>(count), 3, CV_32F);
  for (size_t i = 0; i < count; ++i) {
    const size_t pixel = i * pixels / count;
    for (size_t c = 0; c < 3; ++c)
      samples.at<float>(static_cast<int>(i), static_cast<int>(c)) = rgb[pixel * 3 + c];
  }
  cv::theRNG().state = 0x5eed;  // the same pixels give the same palette
  cv::Mat labels, centres;
  const int clusters = std::min(static_cast<int>(colours), static_cast<int>(count));
  const cv::TermCriteria stop(cv::TermCriteria::MAX_ITER | cv::TermCriteria::EPS, kIterations, 0.5);
  cv::kmeans(samples, clusters, labels, stop, 1, cv::KMEANS_PP_CENTERS, centres);
  std::vector<uint8_t> chosen;
  for (int k = 0; k < centres.rows; ++k) {
    for (int c = 0; c < 3; ++c)
      chosen.push_back(cv::saturate_cast<uint8_t>(centres.at<float>(k, c)));
  }
  return chosen;
}

}  // namespace latent::codecs
