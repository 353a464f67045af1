// The evaluation of a model on a whole split: the losses, the state of the latents, and what
// measures make of it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/world.h"
#include "data/condition.h"
#include "data/dataset.h"
#include "measure/code_use.h"
#include "measure/measure.h"
#include "measure/sparsity.h"
#include "model/autoencoder.h"
#include "model/corruption.h"
#include "objective/objective.h"

namespace latent {

/// Images in one batch of a network that does not train; it bounds the memory.
constexpr int64_t kEvaluationBatch = 500;

struct EvaluationOptions {
  uint64_t seed = 0;                    // of the latents' noise
  std::vector<Measure*> measures = {};  // that see every batch too
  c10::Device device = c10::kCPU;
  std::function<void(int64_t done, int64_t total)> progress = {};  // images
  CorruptionChain corruption = {};  // of the encoder's input; the noise is the same in each pass
  Condition condition = {};         // of the model
  // Each process takes some of the batches, and all get the result; measures need one process.
  const World* world = &alone();
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
  std::optional<Sparsity> sparsity;  // of a plain autoencoder's code
  std::optional<CodeUse> codes;      // of a codebook

  double term(const std::string& name) const;
};

/// Evaluates a model on every image of a split; leaves the model in the mode (training or not) that
/// it was in. The measures see each batch; the caller asks them for their figures.
Evaluation evaluate(Autoencoder& model, Objective& objective, const Examples& examples,
                    const EvaluationOptions& options);

}  // namespace latent
