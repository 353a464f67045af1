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

/// Returns how many of the five scales of ms_ssim images of this height and width allow: each is
/// half the one before, and the 11x11 window must fit; at least 1.
int64_t ms_ssim_scales(int64_t height, int64_t width);

/// Returns the structural similarity over several scales of each image, for values in [0, 1]: [B],
/// in [0, 1].
///
/// Gaussian window of 11x11 with sigma 1.5 over the valid positions (smaller images: cut to their
/// size), K1 0.01, K2 0.03; each scale is the mean of 2x2 pixels of the one before. The exponents
/// are the first `scales` (1 to 5) of the paper's, divided by their sum. A negative similarity of
/// structure counts as 0, which has every power. Mean over the channels. Source: Wang et al. 2003,
/// "Multiscale structural similarity for image quality assessment".
Tensor ms_ssim(const Tensor& a, const Tensor& b, int64_t scales);

}  // namespace latent
