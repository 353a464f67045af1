// A run's autoencoder against principal components of the same data.
#pragma once

#include <optional>

#include "session/opened_run.h"
#include "statistics/principal_components.h"

namespace latent {

/// Squared errors over a split, mean per example, and where its examples lie.
struct PcaComparison {
  double model = 0, pca = 0;
  Tensor latents;      // [N, Z]
  Tensor coordinates;  // [N, K] among the principal components
};

/// Reconstructs the examples with the run's model and with the components.
PcaComparison compare_with_pca(const OpenedRun& run,
                               const statistics::PrincipalComponents& components,
                               const Examples& examples, bool quiet);

/// The columns of a linear decoder, [D, Z] float64; nothing for any other decoder. latents: [N, Z],
/// codes to try. The test is on the function, not on its layers: a network that computes a linear
/// map is one.
std::optional<Tensor> linear_decoder(const OpenedRun& run, const Tensor& latents);

}  // namespace latent
