// A run measured on a split.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "measure/choice.h"
#include "session/opened_run.h"
#include "train/evaluation.h"

namespace latent {

struct RunEvaluation {
  Evaluation losses;
  std::vector<MeasuredFigures> measured;
  std::vector<RankedImages> ranked;
  std::vector<std::pair<std::string, std::string>> left_out;  // measures, and why
};

/// Evaluates a run's model on the examples of a split, with a progress bar.
/// choice: with its options read.  seed: of the latents' noise.  Throws Error for a measure that
/// the run cannot have, and for a table whose values the likelihood cannot explain.
RunEvaluation evaluate_run(const OpenedRun& run, const Examples& examples, Split split,
                           const MeasureChoice& choice, uint64_t seed, bool quiet);

/// Returns the loss and its terms as figures, in nats per example.
std::vector<Figure> loss_figures(const OpenedRun& run, const Evaluation& losses);

}  // namespace latent
