#include "image/codecs.h"

#include <c10/util/Exception.h>

#include <string>

#include "core/error.h"
#include "core/system/file.h"
#include "core/system/module.h"
#include "image/codec_table.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestFile = size_t{1} << 30;

#if LATENT_IMAGE_CODECS

const CodecTable* load() {
  void* symbol = module_symbol("latent_codecs.so", kCodecTableSymbol, "image codecs",
                               "is OpenCV installed? see scripts/setup.sh");
  return reinterpret_cast<const CodecTable* (*)()>(symbol)();
}

#else

const CodecTable* load() {
  throw Error("image codecs: this build has none; rebuild with -DLATENT_IMAGE_CODECS=ON");
}

#endif

const CodecTable& codecs() {
  static const CodecTable* const table = load();
  return *table;
}

}  // namespace

void require_codecs() { codecs(); }

bool have_codecs() {
  try {
    require_codecs();
    return true;
  } catch (const Error&) {
    return false;
  }
}

EncodedImage read_encoded(const fs::path& path) {
  expect_regular_file(path);
  EncodedImage image{.file = path.string(), .bytes = read_file(path, kLargestFile), .header = {}};
  image.header = read_image_header(image.bytes, image.file);  // refuses what no decoder must see
  return image;
}

Picture decode(const EncodedImage& image, int64_t channels, int64_t reduction) {
  TORCH_CHECK(channels == 1 || channels == 3, "decode: got ", channels,
              " channels; expected 1 or 3");
  TORCH_CHECK(reduction == 1 || reduction == 2 || reduction == 4 || reduction == 8,
              "decode: got a reduction by ", reduction, "; expected 1, 2, 4 or 8");
  const bool reducible = image.header.format == ImageFormat::kJpeg;
  return codecs().decode(image, channels, reducible ? reduction : 1);
}

Picture read_image(const fs::path& path, int64_t channels) {
  return decode(read_encoded(path), channels);
}

Picture resize(const Picture& picture, int64_t width, int64_t height, Filter filter) {
  TORCH_CHECK(width > 0 && height > 0, "resize: got ", width, "x", height,
              "; expected at least 1x1");
  return codecs().resize(picture, width, height, filter);
}

std::vector<uint8_t> choose_palette(const std::vector<uint8_t>& rgb, int64_t colours) {
  return codecs().palette(rgb, colours);
}

}  // namespace latent
