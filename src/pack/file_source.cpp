#include "pack/file_source.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "core/error.h"
#include "core/parallel.h"
#include "image/codecs.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

// Increase it when the result of decoding or fitting changes, so that packs are rebuilt.
constexpr int kPreparation = 4;
constexpr int64_t kLooked = 200;  // images that are looked at for a warning
constexpr int kDark = 64;  // of 255, a quarter: pictures without a lighter pixel are suspicious

// Returns the white that values up to `largest` suggest: 4095 for 12 bits in 16-bit files.
double guessed_white(const ValueExtent& extent) {
  if (extent.top <= 255 || extent.largest < 256) return extent.largest;
  double white = 511;
  while (white < extent.largest)
    white = 2 * white + 1;
  return white;
}

class FileSource : public ImageSource {
 public:
  FileSource(fs::path folder, std::vector<ImageFile> files, int64_t channels, Fit fit,
             ImageReading reading)
      : folder_(std::move(folder)),
        files_(std::move(files)),
        channels_(channels),
        fit_(std::move(fit)),
        reading_(reading) {}

  int64_t count() const override { return static_cast<int64_t>(files_.size()); }
  std::string name() const override { return folder_.string(); }

  std::vector<fs::path> files() const override {
    std::vector<fs::path> paths;
    for (int64_t i = 0; i < count(); ++i)
      paths.push_back(path(i));
    return paths;
  }

  ImageShape shape() override {
    if (shape_.channels != 0) return shape_;
    if (!fit_.size().empty()) {
      const auto& size = fit_.size();
      return shape_ = shape_of(fit_.apply(at::zeros({1, size[0], size[1], channels_}, at::kByte)));
    }
    std::string reason = name() + ": no images";
    for (int64_t i = 0; i < count(); ++i) {
      try {
        return shape_ = shape_of(prepared(i));
      } catch (const Error& failure) {
        if (i == 0) reason = failure.what();
      }
    }
    throw Error(reason + " (nor can any other image be read)");
  }

  std::string key() const override {
    std::error_code ignored;
    std::string text = fmt::format("image files, preparation {}\nchannels {} {}{}\n", kPreparation,
                                   channels_, fit_.text(), reading_.text());
    text += fs::weakly_canonical(folder_, ignored).string();
    for (const auto& file : files_) {  // names may hold newlines, but no zero bytes
      fmt::format_to(std::back_inserter(text), "\n{}{}{} {}", file.name, '\0', file.bytes,
                     file.modified);
    }
    return text;
  }

  std::string warning(const Tensor& pixels) const override {
    const int64_t looked = std::min(kLooked, pixels.size(0));
    for (int64_t i = 0; i < looked; ++i) {  // usually the first one ends it
      if (pixels[i * pixels.size(0) / looked].max().item<int64_t>() > kDark) return "";
    }
    ValueExtent found{.top = 0};
    for (int64_t i = 0; i < std::min(kLooked, count()); ++i)
      widen(found, i * count() / std::min(kLooked, count()));
    if (found.largest <= 0 || guessed_white(found) >= found.top) return "";
    return fmt::format(
        "{}: the images are nearly black: their largest value is {} of {}; set data.white {} to "
        "show it as white",
        name(), found.largest, found.top, guessed_white(found));
  }

  std::string remark() const override {
    std::vector<std::string> lines;
    if (animations_ > 0) {
      lines.push_back(fmt::format("{}: {} of {} files {}: the first frame of each is read", name(),
                                  animations_.load(), count(),
                                  animations_ == 1 ? "is an animation" : "are animations"));
    }
    if (paged_ > 0) {
      lines.push_back(
          fmt::format("{}: {} of {} files {} several pages: page {} of each is read (data.page)",
                      name(), paged_.load(), count(), paged_ == 1 ? "has" : "have", reading_.page));
    }
    return fmt::format("{}", fmt::join(lines, "\n"));
  }

  std::vector<UnreadableImage> read(int64_t first, int64_t count, uint8_t* pixels) override {
    const int64_t bytes = shape().values();
    std::vector<std::string> reasons(static_cast<size_t>(count));
    parallel_for(count, 8, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        try {
          const Tensor image = prepared(first + i, true);
          expect_first_shape(image, first + i);
          std::memcpy(pixels + i * bytes, image.const_data_ptr<uint8_t>(),
                      static_cast<size_t>(bytes));
        } catch (const Error& failure) {
          reasons[static_cast<size_t>(i)] = failure.what();
        }
      }
    });
    std::vector<UnreadableImage> unreadable;
    for (int64_t i = 0; i < count; ++i) {
      const std::string& reason = reasons[static_cast<size_t>(i)];
      if (!reason.empty()) unreadable.push_back({first + i, reason});
    }
    return unreadable;
  }

 private:
  static ImageShape shape_of(const Tensor& image) {
    return {image.size(3), image.size(1), image.size(2)};
  }

  fs::path path(int64_t index) const { return folder_ / files_[static_cast<size_t>(index)].name; }

  // Includes the values of an image, if it can be read.
  void widen(ValueExtent& found, int64_t index) const {
    try {
      ValueExtent each;
      decode(read_encoded(path(index), reading_.page), channels_, 1, reading_.range, &each);
      found = {std::max(found.largest, each.largest), std::max(found.top, each.top)};
    } catch (const Error&) {
      // Reported where images are read.
    }
  }

  // [1, H, W, C], contiguous.
  Tensor prepared(int64_t index, bool counted = false) const {
    const EncodedImage encoded = read_encoded(path(index), reading_.page);
    if (counted && encoded.header.pages > 1)
      ++(encoded.header.format == ImageFormat::kTiff ? paged_ : animations_);
    const int64_t reduction = fit_.reduction(encoded.height(), encoded.width());
    Picture picture = decode(encoded, channels_, reduction, reading_.range);
    const Tensor pixels = at::from_blob(picture.pixels.data(),
                                        {1, picture.height, picture.width, channels_}, at::kByte);
    const bool reduced = picture.width != encoded.width() || picture.height != encoded.height();
    const Tensor fitted =
        fit_.apply_reduced(pixels, encoded.height(), encoded.width(), reduced ? reduction : 1);
    return fitted.is_alias_of(pixels) ? fitted.clone() : fitted.contiguous();
  }

  void expect_first_shape(const Tensor& image, int64_t index) const {
    if (shape_of(image) == shape_) return;
    throw Error(fmt::format(
        "{}: {}x{} pixels; expected {}x{} like the others: data.size brings all "
        "images to one size",
        path(index).string(), image.size(2), image.size(1), shape_.width, shape_.height));
  }

  fs::path folder_;
  std::vector<ImageFile> files_;
  int64_t channels_;
  Fit fit_;
  ImageReading reading_;
  mutable std::atomic<int64_t> animations_ = 0, paged_ = 0;  // among the files read
  ImageShape shape_{.channels = 0};
};

}  // namespace

std::unique_ptr<ImageSource> image_file_source(fs::path folder, std::vector<ImageFile> files,
                                               int64_t channels, Fit fit, ImageReading reading) {
  return std::make_unique<FileSource>(std::move(folder), std::move(files), channels, std::move(fit),
                                      reading);
}

}  // namespace latent
