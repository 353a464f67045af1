// Measures of the similarity of two pictures.
#pragma once

#include "core/tensor.h"

namespace latent {

/// Returns the mean squared error of each image: [B].  a, b: [B, C, H, W].
Tensor mean_squared_error(const Tensor& a, const Tensor& b);

/// Returns the binary cross-entropy of each value in nats: [B, C, H, W]. images, pictures: of that
/// shape, clamped to [0, 1].
Tensor cross_entropy(const Tensor& images, const Tensor& pictures);

/// Returns the peak signal-to-noise ratio of each image in dB, for values in [0, 1]: [B]; 100 for
/// equal images.
Tensor psnr(const Tensor& a, const Tensor& b);

/// Returns the structural similarity of each image, for values in [0, 1]: [B], in [-1, 1].
///
/// Uniform 7x7 window over the valid positions (smaller images: a window of their size), K1 0.01,
/// K2 0.03, sample covariances; mean over positions and channels. Source: Wang et al. 2004, with
/// the window of scikit-image's default.
Tensor ssim(const Tensor& a, const Tensor& b);

}  // namespace latent
