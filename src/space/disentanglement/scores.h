// Scores of disentanglement: how far each latent stands for one factor of the images, and each
// factor for one latent. The formulas are those of Google's disentanglement_lib, whose values they
// reproduce.
#pragma once

#include <string>
#include <vector>

#include "core/registry.h"
#include "core/tensor.h"
#include "space/disentanglement/fixed_factor.h"

namespace latent::space {

/// Codes of images, and the factors of the images.
struct FactoredCodes {
  Tensor codes;    // [N, Z] float64
  Tensor factors;  // [N, K] int64: the values, numbered from 0 in rising order; numbers in bins
  Tensor values;   // [N, K] float64: the same before they were numbered
};

/// What the scores are computed from. Scores leave out no latents: dead ones must be left out
/// before.
struct DisentanglementInput {
  FactoredCodes images;
  FactoredCodes learned, tested;  // of predictors; they may be parts of `images`
  Tensor pool;                    // [M, Z] codes that the draws below refer to
  FixedFactorDraws draws;
};

/// A number that is part of a score.
struct ScoreFigure {
  std::string name;
  double value = 0;
};

/// A score that a user can name.
struct DisentanglementScore {
  std::string name;  // "mig", with the name of the predictor if there may be others: "dci_gbt"
  std::string summary;
  std::string predictor;  // what it fits, for reports; "": nothing
  int64_t least_factors;  // with fewer it means nothing
  bool fixes_factors;     // whether it uses the pool and the draws
  /// Returns the figures; the first one is the score.
  std::vector<ScoreFigure> (*compute)(const DisentanglementInput&);
};

/// Returns the table of the scores.
const Registry<DisentanglementScore>& disentanglement_scores();

/// Bins of equal width that codes are sorted into.
constexpr int64_t kCodeBins = 20;

/// Returns the mutual information of each latent, in kCodeBins bins, with each factor: [Z, K],
/// nats.
Tensor latent_factor_information(const Tensor& codes, const Tensor& factors);

/// Returns the mean over the factors of column-wise (largest - second largest) of scores [Z, K];
/// the second of a single latent is 0.
double top_two_gap(const Tensor& scores);

/// Returns the mutual information gap: by how much the latent that says most about a factor says
/// more than the next one, in shares of the factor's entropy; the mean over the factors.
/// codes: [N, Z] float64.  factors: [N, K] int64.
/// Source: Chen et al. 2018, arXiv:1802.04942.
double mig(const Tensor& codes, const Tensor& factors);

/// Returns the gap of the squared correlations of the latents with each factor; the mean over the
/// factors.  values: [N, K] float64.
/// Source: Kumar et al. 2018, arXiv:1711.00848 (SAP for continuous factors).
double sap_continuous(const Tensor& codes, const Tensor& values);

/// Returns the gap of the test accuracies of linear classifiers that see one latent each (squared
/// hinge, C = 0.01, classes of equal weight); the mean over the factors.
/// Source: as sap_continuous, for discrete factors.
double sap_discrete(const FactoredCodes& learned, const FactoredCodes& tested);

/// Disentanglement, completeness, informativeness.
struct Dci {
  double disentanglement = 0, completeness = 0;
  double informativeness = 0;  // the mean accuracy on the test images
};

/// Returns the scores of importances R [Z, K] >= 0: 1 - the entropy of a row, to the base K, is how
/// far a latent is used for one factor; 1 - that of a column, to the base Z, how far a factor uses
/// one latent; weighted by their sums. A single latent is complete.
Dci dci_of(const Tensor& importances);

/// Returns the scores by gradient-boosted trees (statistics/boosted_trees.h), which predict each
/// factor from all latents.
/// Source: Eastwood and Williams, ICLR 2018, openreview By-7dz-AZ.
Dci dci_gbt(const FactoredCodes& learned, const FactoredCodes& tested);

/// Returns how far each latent has information about one factor only, the mean over the latents.
/// codes: [N, Z].  factors: [N, K], K >= 2.  Source: Ridgeway and Mozer 2018, arXiv:1802.05312.
double modularity(const Tensor& codes, const Tensor& factors);

/// Returns the interventional robustness score: how little a latent moves while its best factor
/// keeps its value, by the 99% quantile of its deviations and relative to its largest one; the mean
/// over the latents, weighted by their largest deviations. Factors are sorted into kCodeBins bins.
/// Source: Suter et al. 2019, arXiv:1811.00007.
double irs(const Tensor& codes, const Tensor& factors);

/// Returns for each draw the latent whose variance, relative to its variance over all images, is
/// the least.  codes: [M, Z].  rows: [V, L].  global_variance: [Z].  Returns [V] int64.
/// Source: Kim and Mnih 2018, arXiv:1802.05983 (the FactorVAE score).
Tensor least_variance_votes(const Tensor& codes, const Tensor& rows, const Tensor& global_variance);

/// Returns how often the factor that was fixed in most of the draws that a latent won is the right
/// one for other draws.  learned, tested: factors and votes, [V] int64 each.
double majority_accuracy(const Tensor& learned_factor, const Tensor& learned_vote,
                         const Tensor& tested_factor, const Tensor& tested_vote);

/// Returns the mean absolute difference of the pairs of each draw, by latent: [V, Z] float64.
/// first, second: [V, L] rows of codes [M, Z].
/// Source: Higgins et al. 2017, openreview Sy2fzU9gl (the beta-VAE score).
Tensor pair_differences(const Tensor& codes, const Tensor& first, const Tensor& second);

}  // namespace latent::space
