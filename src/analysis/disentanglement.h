// How disentangled the latents of a run are: scores against the attributes of its images, each with
// the value that chance gives and the value that the factors themselves would get.
#pragma once

#include <string>
#include <vector>

#include "analysis/chosen_factors.h"
#include "session/opened_run.h"
#include "space/disentanglement/scores.h"

namespace latent {

struct DisentanglementOptions {
  std::vector<const space::DisentanglementScore*> scores;
  std::vector<std::string> attributes = {};  // the factors; none: all attributes
  Split split = Split::kTest;
  int64_t count = 10'000;  // images; predictors are tested on half as many others, if there are
  uint64_t seed = 0;
  bool quiet = false;
};

/// A figure of the run's code, of the same codes in random order, and of the factors in its place.
struct AnchoredFigure {
  std::string name;
  double value = 0, floor = 0, ceiling = 0;
};

struct ScoredDisentanglement {
  const space::DisentanglementScore* score;
  std::vector<AnchoredFigure> figures;  // the first one is the score; none: see `why_not`
  std::string why_not = {};             // why it has no value
};

struct Disentanglement {
  ChosenFactors factors;
  int64_t images = 0;               // that were scored
  int64_t learned = 0, tested = 0;  // images of predictors
  std::vector<int64_t> active;      // the latents that were scored
  std::vector<int64_t> pruned;      // the others, which hardly depend on the image
  bool rendered =
      false;           // images that share a factor's value were drawn, not chosen from the split
  Tensor information;  // [active, K]: mutual information in shares of the factor's entropy
  std::vector<ScoredDisentanglement> scores;
};

/// Returns the latents that depend on the image: those whose standard deviation over the images is
/// at least 0.05 of the largest one, as in Kim and Mnih 2018, and, of latents with a posterior,
/// whose variance exceeds kActiveVariance. codes: [N, Z].
std::vector<int64_t> active_latents(const Tensor& codes, bool has_posterior);

/// Scores the means of the latents. Throws Error if the data set cannot be read, has no fitting
/// attributes or too few images (choose_factors), or no latent is active.
Disentanglement score_disentanglement(const OpenedRun& run, const DisentanglementOptions& options);

}  // namespace latent
