#include "analysis/pixel_readers.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/random.h"

namespace latent {
namespace {

constexpr int64_t kMostRead = 10'000, kReadAtOnce = 1000;
constexpr int64_t kReadSide = 32;  // pixels of a side of the pictures that are read
constexpr int64_t kMostReadClasses = 20;
constexpr size_t kMostTargets = 64;
constexpr double kReadPenalty = 0.02;  // of the number of images, for features of variance 1

// [N, C, H, W] to [N, D]: grey, at most kReadSide on a side.
Tensor features_of(const Tensor& images) {
  const Tensor grey = images.to(at::kFloat).contiguous().mean(1, /*keepdim=*/true);
  return at::adaptive_avg_pool2d(
             grey, {std::min(kReadSide, grey.size(2)), std::min(kReadSide, grey.size(3))})
      .flatten(1);
}

Tensor signs_of(const Tensor& positive, const Tensor& known) {
  return at::where(positive, 1.0F, -1.0F).mul_(known.to(at::kFloat)).to(at::kFloat);
}

}  // namespace

std::vector<ReadTarget> read_targets(const Examples& examples, const std::string& except) {
  std::vector<ReadTarget> targets;
  for (const auto& attribute : examples.attributes) {
    if (attribute.name == except) continue;
    const Tensor known = attribute.known();
    const Tensor values = attribute.values.nan_to_num(0.0);
    if (attribute.kind() == AttributeKind::kYesNo) {
      targets.push_back({attribute.name, signs_of(values > 0.5, known)});
    } else if (attribute.kind() == AttributeKind::kNumber) {
      if (!known.any().item<bool>()) continue;
      const double middle = values.index({known}).median().item<double>();
      targets.push_back({attribute.name, signs_of(values > middle, known)});
    } else if (static_cast<int64_t>(attribute.classes.size()) <= kMostReadClasses) {
      for (size_t i = 0; i < attribute.classes.size(); ++i) {
        targets.push_back({attribute.name + "=" + attribute.classes[i],
                           signs_of(values == static_cast<double>(i), known)});
      }
    }
  }
  if (targets.size() > kMostTargets) targets.resize(kMostTargets);
  return targets;
}

PixelReaders::PixelReaders(const Examples& examples, const std::vector<ReadTarget>& targets,
                           uint64_t seed) {
  auto noise = generator(seed, Stream::kPictures);
  const int64_t count = std::min(kMostRead, examples.count());
  const Tensor rows = at::randperm(examples.count(), noise, at::kLong).narrow(0, 0, count);
  std::vector<Tensor> parts, columns;
  for (int64_t first = 0; first < count; first += kReadAtOnce)
    parts.push_back(
        features_of(examples.images(rows.narrow(0, first, std::min(kReadAtOnce, count - first)))));
  for (const auto& target : targets)
    columns.push_back(target.signs.index_select(0, rows));
  const Tensor x = at::cat(parts);
  center_ = x.mean(0);
  scale_ = x.std(0, /*unbiased=*/false).clamp_min(1e-3);
  const Tensor standard = at::cat({(x - center_) / scale_, at::ones({count, 1})}, 1);
  const Tensor y = at::stack(columns, 1);  // [N, K]
  const Tensor squares =
      standard.t().mm(standard).to(at::kDouble) +
      kReadPenalty * static_cast<double>(count) * at::eye(standard.size(1), at::kDouble);
  weights_ = at::linalg_solve(squares, standard.t().mm(y).to(at::kDouble)).to(at::kFloat);
}

Tensor PixelReaders::read(const Tensor& images) const {
  const Tensor x = (features_of(images) - center_) / scale_;
  return at::addmm(weights_[-1], x, weights_.narrow(0, 0, x.size(1)));
}

}  // namespace latent
