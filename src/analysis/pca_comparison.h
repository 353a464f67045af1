// Compares a run's autoencoder with principal components of the same data.
#pragma once

#include <optional>

#include "session/opened_run.h"
#include "statistics/principal_components.h"

namespace latent {

/// Squared errors over a split, mean per example, and the coordinates of its examples.
struct PcaComparison {
  double model = 0, pca = 0;
  Tensor latents;      // [N, Z]
  Tensor coordinates;  // [N, K] along the principal components
};

/// Reconstructs the examples with the run's model and with the components.
PcaComparison compare_with_pca(const OpenedRun& run,
                               const statistics::PrincipalComponents& components,
                               const Examples& examples, bool quiet);

/// Returns the columns of a linear decoder, [D, Z] float64; nothing for any other decoder. latents:
/// [N, Z], codes to try. Tests the function, not the layers: any network that computes a linear map
/// counts as linear.
std::optional<Tensor> linear_decoder(const OpenedRun& run, const Tensor& latents);

}  // namespace latent
