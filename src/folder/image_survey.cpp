#include "folder/image_survey.h"

#include <algorithm>

#include "core/error.h"
#include "core/system/file.h"
#include "image/header.h"

namespace latent {
namespace {

constexpr size_t kLargestFile = size_t{1} << 30;
constexpr int kFirstSideways = 5;  // EXIF orientations from here on turn the picture on its side

}  // namespace

int64_t ImageSurvey::typical_side() const {
  std::map<int64_t, int64_t> sides;
  int64_t images = 0;
  for (const auto& [size, count] : sizes) {
    sides[std::min(size.first, size.second)] += count;
    images += count;
  }
  int64_t reaching = 0;
  for (auto side = sides.rbegin(); side != sides.rend(); ++side) {
    reaching += side->second;
    if (2 * reaching >= images) return side->first;
  }
  return 0;
}

ImageSurvey survey_images(const std::vector<std::filesystem::path>& files) {
  ImageSurvey survey;
  for (const auto& path : files) {
    try {
      const ImageHeader header = read_image_header(read_file(path, kLargestFile), path.string());
      std::pair<int64_t, int64_t> size{header.height, header.width};
      if (header.orientation >= kFirstSideways) std::swap(size.first, size.second);
      ++survey.formats[to_string(header.format)];
      ++survey.sizes[size];
    } catch (const Error& failure) {
      survey.unreadable.emplace_back(failure.what());
    }
  }
  return survey;
}

}  // namespace latent
