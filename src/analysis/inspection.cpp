#include "analysis/inspection.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <string_view>
#include <unordered_map>

namespace latent {
namespace {

constexpr int64_t kGreys = 256;
constexpr int64_t kImagesAtOnce = 4096;  // limits the memory that large sets take
constexpr int64_t kQuarter = kGreys / 4;

// How often each grey value occurs in each channel of pixels [N, H, W, C] uint8.
// Returns [C, 256] float64.
Tensor histograms(const Tensor& pixels) {
  const int64_t channels = pixels.size(3);
  Tensor counts = torch::zeros({channels, kGreys}, at::kDouble);
  for (int64_t first = 0; first < pixels.size(0); first += kImagesAtOnce) {
    const Tensor chunk = pixels.narrow(0, first, std::min(kImagesAtOnce, pixels.size(0) - first));
    for (int64_t c = 0; c < channels; ++c) {
      const Tensor values = chunk.select(3, c).reshape(-1).to(at::kInt);
      counts[c] += at::bincount(values, {}, kGreys).to(at::kDouble);
    }
  }
  return counts;
}

std::vector<double> to_vector(const Tensor& values) {
  const Tensor doubles = values.to(at::kDouble).contiguous();
  const double* data = doubles.const_data_ptr<double>();
  return {data, data + doubles.numel()};
}

// x log x, 0 at 0.
Tensor entropy_part(const Tensor& x) { return at::xlogy(x, x); }

// Images [N, H, W, C] uint8 without any value that reaches a quarter of white.
int64_t count_dark(const Tensor& pixels) {
  int64_t dark = 0;
  for (int64_t first = 0; first < pixels.size(0); first += kImagesAtOnce) {
    const Tensor chunk = pixels.narrow(0, first, std::min(kImagesAtOnce, pixels.size(0) - first));
    dark += chunk.flatten(1).amax(1).lt(kQuarter).sum().item<int64_t>();
  }
  return dark;
}

void describe_images(const Tensor& pixels, SplitInspection& report) {
  const Tensor counts = histograms(pixels);
  const Tensor greys = at::arange(kGreys, at::kDouble) / (kGreys - 1.0);
  const Tensor share = counts / counts.sum(1, true);
  const Tensor mean = share.matmul(greys);
  report.mean = to_vector(mean);
  report.deviation = to_vector((share.matmul(at::square(greys)) - at::square(mean)).sqrt());
  const Tensor cost = -entropy_part(greys) - entropy_part(1.0 - greys);  // [256] nats
  report.bce_floor = counts.sum(0).dot(cost).item<double>() / static_cast<double>(pixels.size(0));
  report.brightest = counts.sum(0).nonzero().max().item<int64_t>();
  report.dark = count_dark(pixels);
}

void describe_table(const Tensor& values, SplitInspection& report) {
  report.mean = {values.mean().item<double>()};
  report.deviation = {values.std(false).item<double>()};
  report.bce_floor = std::numeric_limits<double>::quiet_NaN();
}

AttributeBalance balance(const Attribute& attribute) {
  AttributeBalance result;
  result.name = attribute.name;
  const Tensor known = attribute.values.masked_select(attribute.known());
  result.known = known.numel();
  result.unknown = attribute.unknown();
  if (attribute.kind() != AttributeKind::kClass) {
    const bool any = known.numel() > 0;
    const double none = std::numeric_limits<double>::quiet_NaN();
    result.low = any ? known.min().item<double>() : none;
    result.mean = any ? known.mean().item<double>() : none;
    result.high = any ? known.max().item<double>() : none;
    return result;
  }
  const auto words = static_cast<int64_t>(attribute.classes.size());
  const Tensor counts = at::bincount(known.to(at::kLong), {}, words);
  for (int64_t i = 0; i < words; ++i)
    result.classes.emplace_back(attribute.classes[static_cast<size_t>(i)],
                                counts[i].item<int64_t>());
  return result;
}

SplitInspection describe(const NamedSplit& named) {
  const auto& [split, examples] = named;
  SplitInspection report;
  report.split = split;
  report.images = examples.count();
  if (examples.pixels.scalar_type() == at::kByte) {
    describe_images(examples.pixels, report);
  } else {
    describe_table(examples.pixels, report);
  }
  for (const auto& attribute : examples.attributes)
    report.attributes.push_back(balance(attribute));
  return report;
}

// The bytes of each image, to compare images by.
class Bytes {
 public:
  explicit Bytes(const Tensor& pixels)
      : pixels_(pixels.contiguous()),
        size_(static_cast<size_t>(pixels_.numel() / std::max<int64_t>(1, pixels_.size(0))) *
              pixels_.element_size()) {}

  std::string_view of(int64_t image) const {
    return {static_cast<const char*>(pixels_.const_data_ptr()) + static_cast<size_t>(image) * size_,
            size_};
  }

 private:
  Tensor pixels_;
  size_t size_;
};

std::vector<SamePixels> find_repeats(const std::vector<NamedSplit>& splits) {
  std::unordered_map<std::string_view, std::pair<Split, int64_t>> first_seen;
  std::vector<Bytes> bytes;
  for (const auto& [split, examples] : splits)
    bytes.emplace_back(examples.pixels);
  std::vector<SamePixels> repeats;
  for (size_t s = 0; s < splits.size(); ++s) {
    for (int64_t i = 0; i < splits[s].second.count(); ++i) {
      const auto [seen, fresh] = first_seen.try_emplace(bytes[s].of(i), splits[s].first, i);
      if (fresh) continue;
      repeats.push_back({.split = splits[s].first,
                         .earlier_split = seen->second.first,
                         .image = i,
                         .earlier_image = seen->second.second});
    }
  }
  return repeats;
}

// What is odd about an attribute over all splits, or "".
std::string warning_on(const std::string& name, const std::vector<SplitInspection>& splits) {
  int64_t known = 0, unknown = 0;
  std::map<std::string, int64_t> images;  // of each class that has some
  for (const auto& split : splits) {
    for (const auto& attribute : split.attributes) {
      if (attribute.name != name) continue;
      known += attribute.known;
      unknown += attribute.unknown;
      for (const auto& [word, count] : attribute.classes) {
        if (count > 0) images[word] += count;
      }
    }
  }
  if (known == 0 && unknown > 0)
    return fmt::format("{}: unknown for all {} images; expected data.labels to be about them", name,
                       unknown);
  if (images.size() != 1 || known < 2) return "";
  return fmt::format(
      "{}: all {} images are of one class, {}; expected several (a folder each), or data.labels: "
      "none",
      name, known, images.begin()->first);
}

std::string warning_on_darkness(const std::vector<SplitInspection>& splits) {
  int64_t dark = 0, images = 0, brightest = 0;
  for (const auto& split : splits) {
    dark += split.dark;
    images += split.images;
    brightest = std::max(brightest, split.brightest);
  }
  if (2 * dark <= images) return "";
  return fmt::format(
      "{} of {} images are darker than a quarter of white; the brightest value of all is {} of "
      "{}; if they use only a part of the range of their files, as 12 of 16 bits, data.white is "
      "the "
      "value in the files that stands for white",
      dark, images, brightest, kGreys - 1);
}

}  // namespace

int64_t Inspection::leaks() const {
  return std::count_if(repeats.begin(), repeats.end(),
                       [](const SamePixels& pair) { return pair.leak(); });
}

std::vector<std::string> Inspection::warnings() const {
  std::vector<std::string> all;
  for (const auto& attribute : splits.front().attributes) {
    if (auto warning = warning_on(attribute.name, splits); !warning.empty())
      all.push_back(std::move(warning));
  }
  if (auto warning = warning_on_darkness(splits); !warning.empty())
    all.push_back(std::move(warning));
  return all;
}

Inspection inspect(const std::vector<NamedSplit>& splits) {
  Inspection inspection;
  for (const auto& named : splits)
    inspection.splits.push_back(describe(named));
  inspection.repeats = find_repeats(splits);
  return inspection;
}

}  // namespace latent
