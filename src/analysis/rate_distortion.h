// Rate against distortion: how many bits an image costs, and how near its reconstruction is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "image/codecs.h"
#include "session/opened_run.h"

namespace latent {

struct RatePoint {
  double bits = 0;           // per image
  double squared_error = 0;  // per value
};

/// Returns the point of a run's model: the KL divergence in bits, which is what an ideal code for
/// latents sampled from the posterior costs on average, and the error of the reconstruction from
/// them. Throws Error if the latents have no posterior.
RatePoint rate_of_run(const OpenedRun& run, const Examples& examples, uint64_t seed);

/// Returns points of the best code for Gaussian numbers along independent directions, from much
/// distortion to little. variances: [D] of the directions; at least one > 0. Each direction whose
/// variance is above a level costs half the logarithm of their quotient, and has the level as its
/// error; the others cost nothing. Source: Cover and Thomas, Elements of Information
/// Theory, 10.3.3.
std::vector<RatePoint> gaussian_rates(const Tensor& variances);

/// What a codec makes of images.
struct CodecRate {
  int64_t quality;
  RatePoint file;     // whole files
  double header = 0;  // bits of these that the file of an even grey image has too
};

/// Compresses the images at several qualities. images: [N, C, H, W] in [0, 1]; C 1 or 3.
std::vector<CodecRate> codec_rates(const Tensor& images, Compression format);

/// Returns the PSNR of a mean squared error, in dB.
double decibels(double squared_error);

}  // namespace latent
