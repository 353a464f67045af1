// Three kinds of features of the same images: a run's latents, principal components, and pixels.
#pragma once

#include <string>
#include <vector>

#include "session/opened_run.h"

namespace latent {

/// The features of the training and of the scored examples.
struct Features {
  std::string name;          // "latents", "pca", "pixels"
  std::string title;         // "latents (16)"
  Tensor training, scoring;  // [N, D], [M, D] float32
};

/// Some examples of a split.
struct ProbedExamples {
  const Examples* examples;
  Tensor rows;  // [N] int64
};

/// Returns the means of the latents, as many principal components (fitted to the chosen training
/// examples), and the pixels. Images of more than 4096 numbers are averaged to a smaller size for
/// the pixels, with a message.
std::vector<Features> probe_features(const OpenedRun& run, const ProbedExamples& training,
                                     const ProbedExamples& scoring, uint64_t seed, bool quiet);

}  // namespace latent
