// The evaluation of a model on a whole split: the losses, the state of the latents, the quality of
// the pictures.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/condition.h"
#include "data/dataset.h"
#include "measure/sparsity.h"
#include "model/autoencoder.h"
#include "model/corruption.h"
#include "objective/objective.h"

namespace latent {

/// A latent whose mean varies more than this over the images is active.
/// Source: Burda et al. 2016, arXiv:1509.00519.
constexpr double kActiveVariance = 0.01;

/// Images in one batch of a network that does not train; it bounds the memory.
constexpr int64_t kEvaluationBatch = 500;

struct EvaluationOptions {
  uint64_t seed = 0;     // of the latents' noise
  bool quality = false;  // compute the picture measures too
  c10::Device device = c10::kCPU;
  std::function<void(int64_t done, int64_t total)> progress = {};  // images
  CorruptionChain corruption = {};  // of the encoder's input; the noise is the same in each pass
  Condition condition = {};         // of the model
};

struct Evaluation {
  int64_t images = 0;
  // Sampled latents, as in training; nats per image.
  double loss = 0;
  std::vector<std::pair<std::string, double>> terms;
  // The latents' mean.
  double nll_mean = 0;
  // Per latent: [Z] float64.
  Tensor kl;                         // nats; undefined for a plain autoencoder
  Tensor mean_variance;              // variance of the mean over the split
  Tensor low, high;                  // the box of the means
  int64_t active_units = 0;          // latents whose mean_variance exceeds kActiveVariance
  std::optional<Sparsity> sparsity;  // of a plain autoencoder's code
  // Pictures from the latents' mean, with `quality`; of a table only mse and rmse.
  double bce = 0, mse = 0, rmse = 0, psnr = 0,
         ssim = 0;                          // bce: nats per value; psnr: dB, mean of the images'
  double sampled_bce = 0, sampled_mse = 0;  // the same from sampled latents

  double term(const std::string& name) const;
};

/// Evaluates a model on every image of a split; leaves the model in the mode (training or not) that
/// it was in.
Evaluation evaluate(Autoencoder& model, Objective& objective, const Examples& examples,
                    const EvaluationOptions& options);

}  // namespace latent
