// Measures that compare each image with its reconstruction from the code.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "measure/image_quality.h"
#include "measure/measure.h"

namespace latent {
namespace {

// The mean over the images of a number for each.
class MeanOverImages : public Measure {
 public:
  using Each = Tensor (*)(const MeasuredBatch&);  // [B]
  MeanOverImages(Figure figure, Each each) : figure_(std::move(figure)), each_(each) {}
  void add(const MeasuredBatch& batch) override { mean_.add(each_(batch)); }
  std::vector<Figure> figures() const override {
    Figure figure = figure_;
    figure.value = mean_.mean();
    figure.count = mean_.count();
    figure.interval = mean_.around(figure.value);
    figure.each = mean_.each();
    return {figure};
  }

 protected:
  statistics::RunningMean mean_;

 private:
  Figure figure_;
  Each each_;
};

Tensor squared_error_of(const MeasuredBatch& batch) {
  return mean_squared_error(batch.images, batch.pictures);
}

Tensor psnr_of(const MeasuredBatch& batch) {
  return psnr(batch.images, batch.pictures.clamp(0, 1));
}

Tensor ssim_of(const MeasuredBatch& batch) {
  return ssim(batch.images, batch.pictures.clamp(0, 1));
}

class CrossEntropy : public MeanOverImages {
 public:
  CrossEntropy()
      : MeanOverImages({.name = "bce",
                        .unit = "nats",
                        .meaning = "mean binary cross-entropy per value, from the latents' mean"},
                       nullptr) {}
  void add(const MeasuredBatch& batch) override {
    const Tensor values = cross_entropy(batch.images, batch.pictures);
    mean_.add(values.flatten(1).mean(1),
              static_cast<double>(values.size(0)) * values.mean().item<double>());
  }
};

class RootMeanSquare : public MeanOverImages {
 public:
  RootMeanSquare()
      : MeanOverImages({.name = "rmse", .meaning = "square root of mse"}, squared_error_of) {}
  std::vector<Figure> figures() const override {
    std::vector<Figure> all = MeanOverImages::figures();
    Figure& figure = all.front();
    figure.each = Tensor();
    figure.value = std::sqrt(figure.value);
    if (auto& ends = figure.interval)
      ends = {std::sqrt(std::max(ends->low, 0.0)), std::sqrt(ends->high)};
    return all;
  }
};

MeasureMaker mean_over_images(const Figure& figure, MeanOverImages::Each each) {
  return [=](const MeasureContext&) { return std::make_unique<MeanOverImages>(figure, each); };
}

}  // namespace

MeasureMaker configure_bce_measure(Section&) {
  return [](const MeasureContext&) { return std::make_unique<CrossEntropy>(); };
}

MeasureMaker configure_mse_measure(Section&) {
  return mean_over_images({.name = "mse", .meaning = "mean squared error per value"},
                          squared_error_of);
}

MeasureMaker configure_rmse_measure(Section&) {
  return [](const MeasureContext&) { return std::make_unique<RootMeanSquare>(); };
}

MeasureMaker configure_psnr_measure(Section&) {
  return mean_over_images({.name = "psnr", .unit = "dB", .meaning = "mean over the images"},
                          psnr_of);
}

MeasureMaker configure_ssim_measure(Section&) {
  return mean_over_images({.name = "ssim", .meaning = "7x7 window, mean over the images"}, ssim_of);
}

}  // namespace latent
