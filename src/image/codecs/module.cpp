#include "image/codecs/module.h"

#include <iostream>
#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <streambuf>

namespace latent::codecs {
namespace {

thread_local bool muted = false;

/// std::cerr for all threads except those that decode.
class Muffler : public std::streambuf {
 public:
  explicit Muffler(std::streambuf* heard) : heard_(heard) {}

 protected:
  int_type overflow(int_type letter) override {
    return muted ? traits_type::not_eof(letter) : heard_->sputc(traits_type::to_char_type(letter));
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    return muted ? size : heard_->sputn(text, size);
  }
  int sync() override { return heard_->pubsync(); }

 private:
  std::streambuf* heard_;
};

// OpenCV prints several lines to std::cerr when it cannot decode a file, whatever its log level.
Picture decode_quietly(const EncodedImage& image, int64_t channels, int64_t reduction,
                       const ValueRange& range, ValueExtent* extent) {
  struct Mute {
    Mute() { muted = true; }
    ~Mute() { muted = false; }
  } mute;
  return codecs::decode(image, channels, reduction, range, extent);
}

}  // namespace
}  // namespace latent::codecs

extern "C" const latent::CodecTable* latent_codec_table() {
  static const latent::CodecTable table{latent::codecs::decode_quietly, latent::codecs::resize,
                                        latent::codecs::palette, latent::codecs::encode,
                                        latent::codecs::compress};
  cv::setNumThreads(1);  // the program decodes many files at once, on threads of its own
  // Never removed: streams are used until the very end of the process.
  static std::streambuf* const muffler = new latent::codecs::Muffler(std::cerr.rdbuf());
  std::cerr.rdbuf(muffler);
  // Our own message about a damaged file is one line.
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  return &table;
}
