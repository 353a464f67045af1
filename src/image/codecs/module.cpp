#include "image/codecs/module.h"

#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>

extern "C" const latent::CodecTable* latent_codec_table() {
  static const latent::CodecTable table{latent::codecs::decode, latent::codecs::resize,
                                        latent::codecs::palette};
  cv::setNumThreads(1);  // the program decodes many files at once, on threads of its own
  // What OpenCV would print about a damaged file, ours says in one line.
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  return &table;
}
