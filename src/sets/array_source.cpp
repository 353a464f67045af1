#include "sets/array_source.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace latent {
namespace {

constexpr int64_t kSpan = 1024;  // images of an array in memory at a time

class ArraySource : public ImageSource {
 public:
  ArraySource(std::vector<ArrayRows> parts, const ArrayOptions& options, const Fit& fit)
      : parts_(std::move(parts)), options_(options), fit_(fit) {
    const ArrayImages images(parts_.front().images, options_);
    name_ = images.name();
    const ImageShape& stored = images.shape();
    const Tensor fitted =
        fit_.apply(at::zeros({1, stored.height, stored.width, stored.channels}, at::kByte));
    shape_ = {fitted.size(3), fitted.size(1), fitted.size(2)};
  }

  int64_t count() const override {
    int64_t total = 0;
    for (const auto& part : parts_)
      total += part.rows.numel();
    return total;
  }
  ImageShape shape() override { return shape_; }
  std::string name() const override { return name_; }

  std::string key() const override {
    std::string key = fmt::format("arrays {} {}\n", options_.text(), fit_.text());
    for (const auto& part : parts_)
      key += fmt::format("{} rows of {}\n", part.rows.numel(), part.key);
    return key;
  }

  std::vector<UnreadableImage> read(int64_t first, int64_t count, uint8_t* pixels) override {
    std::vector<UnreadableImage> unreadable;
    while (count > 0) {
      const int64_t done = read_some(first, count, pixels, unreadable);
      first += done;
      count -= done;
      pixels += done * shape_.values();
    }
    return unreadable;
  }

 private:
  // As many of the images as lie close together in one array; returns how many.
  int64_t read_some(int64_t first, int64_t count, uint8_t* pixels,
                    std::vector<UnreadableImage>& unreadable) {
    const int64_t source_first = first;
    size_t part = 0;
    for (; first >= parts_[part].rows.numel(); ++part)
      first -= parts_[part].rows.numel();
    if (!open_ || part != open_part_) open_.emplace(parts_[part].images, options_);
    open_part_ = part;
    const Tensor& rows = parts_[part].rows;
    const int64_t* row = rows.const_data_ptr<int64_t>() + first;
    count = std::min(count, rows.numel() - first);
    count = std::lower_bound(row, row + count, row[0] + kSpan) - row;
    std::vector<UnreadableImage> broken;  // of the array
    const Tensor span = open_->read(row[0], row[count - 1] - row[0] + 1, broken);
    for (const auto& image : broken) {
      const int64_t* place = std::lower_bound(row, row + count, image.index);
      if (place != row + count && *place == image.index)
        unreadable.push_back({source_first + (place - row), image.reason});
    }
    const Tensor wanted = fit_.apply(span.index_select(0, rows.narrow(0, first, count) - row[0]));
    std::memcpy(pixels, wanted.contiguous().const_data_ptr(), static_cast<size_t>(wanted.numel()));
    return count;
  }

  std::vector<ArrayRows> parts_;
  ArrayOptions options_;
  Fit fit_;
  std::string name_;
  ImageShape shape_;
  std::optional<ArrayImages> open_;
  size_t open_part_ = 0;
};

}  // namespace

std::unique_ptr<ImageSource> array_source(std::vector<ArrayRows> parts, const ArrayOptions& options,
                                          const Fit& fit) {
  return std::make_unique<ArraySource>(std::move(parts), options, fit);
}

}  // namespace latent
