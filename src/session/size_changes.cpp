#include "session/size_changes.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <vector>

#include "core/log_detail.h"
#include "core/text/split.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

constexpr size_t kNamedSizes = 3;

}  // namespace

void SizeChanges::add(const std::string& file, const Tensor& pixels, bool prepared) {
  const int64_t height = pixels.size(1), width = pixels.size(2);
  (prepared ? prepared_ : resized_)[{height, width}] += pixels.size(0);
  log::detail("{}: {} from {}x{} to {}x{} (height x width)", file,
              prepared ? "prepared" : "resized", height, width, shape_.height, shape_.width);
  squeezed_ |= !prepared && width * shape_.height != height * shape_.width;
  if (files_++ == 0) first_ = file;
}

std::string SizeChanges::text() const {
  std::string all = line(prepared_, "prepared like the images of the run, from {} to {}");
  std::string resized = line(resized_, "resized from {} to the model's {}");
  if (!resized.empty() && squeezed_)
    resized += files_ == 1 ? ", which changes its proportions" : ", which changes proportions";
  add_line(all, resized);
  return all;
}

std::string SizeChanges::line(const Sizes& sizes, const std::string& how) const {
  if (sizes.empty()) return "";
  std::vector<std::pair<int64_t, std::string>> usual;
  int64_t images = 0;
  for (const auto& [size, count] : sizes) {
    usual.emplace_back(count, fmt::format("{}x{}", size.first, size.second));
    images += count;
  }
  std::stable_sort(usual.begin(), usual.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string named;
  for (size_t i = 0; i < std::min(kNamedSizes, usual.size()); ++i) {
    named += fmt::format("{}{}", i == 0 ? "" : ", ", usual[i].second);
    if (usual.size() > 1) named += fmt::format(" ({})", usual[i].first);
  }
  if (usual.size() > kNamedSizes)
    named += " and " + counted(static_cast<int64_t>(usual.size() - kNamedSizes), "other size");
  const std::string size = fmt::format("{}x{}", shape_.height, shape_.width);
  return fmt::format("{}: {} (height x width)", files_ == 1 ? first_ : counted(images, "image"),
                     fmt::format(fmt::runtime(how), named, size));
}

}  // namespace latent
