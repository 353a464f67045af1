// How like the originals reconstructions are: over all images, over the images of each kind, and
// as a distribution; and which images come out worst and best.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "measure/features_option.h"
#include "measure/image_quality.h"
#include "statistics/frechet.h"

namespace latent {
namespace {

constexpr size_t kMostGroups = 40;
constexpr int64_t kShown = 10;

// The examples with one value of an attribute.
struct ExampleGroup {
  std::string name;  // "label=7"
  Tensor rows;       // int64
};

// The groups by class, and by yes or no; `both`: also those of "no".
std::vector<ExampleGroup> groups_of(const std::vector<Attribute>& attributes, bool both) {
  std::vector<ExampleGroup> groups;
  for (const auto& attribute : attributes) {
    if (attribute.kind() == AttributeKind::kNumber) continue;
    const auto words = attribute.words();
    const bool yes_no = attribute.kind() == AttributeKind::kYesNo;
    for (size_t value = yes_no && !both ? 1 : 0; value < words.size(); ++value) {
      const Tensor rows = attribute.values.eq(static_cast<double>(value)).nonzero().flatten();
      if (rows.numel() > 0) groups.push_back({attribute.name + "=" + words[value], rows});
      if (groups.size() > kMostGroups) return groups;
    }
  }
  return groups;
}

// At most kMostGroups groups: without those of "no", or none, if they are more.
std::vector<ExampleGroup> reported_groups(const std::vector<Attribute>& attributes) {
  for (const bool both : {true, false}) {
    auto groups = groups_of(attributes, both);
    if (groups.size() <= kMostGroups) return groups;
  }
  log::info("reconstruction: more than {} classes and attributes, so no figures for each",
            kMostGroups);
  return {};
}

// One number for each image, and how it is reported.
struct EachImage {
  Figure figure;
  std::vector<Tensor> parts = {};  // [B] float64 on the CPU
};

class ReconstructionReport : public Measure {
 public:
  ReconstructionReport(const std::string& features, const MeasureContext& context)
      : context_(context),
        features_(context.features(features)),
        scales_(ms_ssim_scales(context.model.output_shape().height,
                               context.model.output_shape().width)),
        each_{{{.name = "psnr", .unit = "dB", .meaning = "mean over the images"}},
              {{.name = "ssim", .meaning = "7x7 window, mean over the images"}},
              {{.name = "ms_ssim",
                .meaning = fmt::format("{} of 5 scales, 11x11 Gaussian window, mean over the "
                                       "images",
                                       scales_)}}} {}

  void add(const MeasuredBatch& batch) override {
    const Tensor pictures = batch.pictures.clamp(0, 1);
    const auto keep = [&](size_t i, const Tensor& values) {
      each_[i].parts.push_back(values.to(at::kCPU, at::kDouble));
    };
    keep(0, psnr(batch.images, pictures));
    keep(1, ssim(batch.images, pictures));
    keep(2, ms_ssim(batch.images, pictures, scales_));
    originals_.push_back(features_->of(batch.images));
    models_.push_back(features_->of(pictures));
  }

  std::vector<Figure> figures() const override {
    std::vector<Figure> all;
    for (const auto& each : each_) {
      const Tensor values = at::cat(each.parts);
      all.push_back(mean_of(each.figure, values));
      all.back().each = values;
    }
    add_frechet(all);
    const auto groups = reported_groups(context_.examples.attributes);
    for (const auto& each : each_) {
      const Tensor values = at::cat(each.parts);
      for (const auto& [name, rows] : groups) {
        Figure figure = each.figure;
        figure.name += "[" + name + "]";
        figure.meaning = "";
        all.push_back(mean_of(figure, values.index_select(0, rows)));
      }
    }
    return all;
  }

  std::vector<RankedImages> ranked() const override {
    const auto [values, places] = at::cat(each_[0].parts).sort();
    const int64_t count = values.numel(), shown = std::min(kShown, count);
    const auto chosen = [&](const char* name, const Tensor& from) {
      RankedImages images{.name = name, .figure = "psnr", .images = {}, .values = {}};
      for (int64_t i = 0; i < shown; ++i) {
        const auto at = from[i].item<int64_t>();
        images.images.push_back(places[at].item<int64_t>());
        images.values.push_back(values[at].item<double>());
      }
      return images;
    };
    const Tensor order = at::arange(count, at::kLong);
    return {chosen("worst", order), chosen("best", order.flip(0))};
  }

 private:
  static Figure mean_of(Figure figure, const Tensor& values) {
    statistics::RunningMean mean;
    mean.add(values);
    figure.value = mean.mean();
    figure.count = mean.count();
    figure.interval = mean.around(figure.value);
    return figure;
  }

  void add_frechet(std::vector<Figure>& all) const {
    const std::string images = "images of the " + to_string(context_.split) + " split";
    const Tensor originals = at::cat(originals_);
    try {
      const auto [value, interval] =
          statistics::frechet(at::cat(models_), images, originals, images);
      all.push_back(
          {.name = "frechet",
           .value = value,
           .meaning = "reconstructions against their originals, features " + features_->name(),
           .count = originals.size(0),
           .interval = interval,
           .details = {{"features", features_->name()}}});
    } catch (const Error& too_few) {
      log::warn("reconstruction: no Frechet distance: {}", too_few.what());
    }
  }

  MeasureContext context_;
  std::shared_ptr<ImageFeatures> features_;
  int64_t scales_;
  std::vector<EachImage> each_;
  std::vector<Tensor> originals_, models_;  // features: [B, D] each
};

}  // namespace

MeasureMaker configure_reconstruction_measure(Section& section) {
  const std::string features = read_features_option(section);
  return [features](const MeasureContext& context) {
    return std::make_unique<ReconstructionReport>(features, context);
  };
}

}  // namespace latent
