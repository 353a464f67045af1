// How unlike its training examples a run finds others.
#pragma once

#include <string>
#include <vector>

#include "session/example_batches.h"
#include "session/opened_run.h"
#include "space/anomaly.h"
#include "statistics/principal_components.h"

namespace latent {

/// One number for each example; the higher, the stranger it is.
struct Score {
  std::string name;     // as --score and the JSON call it: "error", "elbo", "distance", "pca"
  std::string column;   // of the CSV
  std::string meaning;  // with its unit
  Tensor values;        // [N] float64
};

class AnomalyDetector {
 public:
  /// Fits what the scores need to the training split: the spread of the latents, the principal
  /// components.  seed: of the noise in the ELBO.
  AnomalyDetector(const OpenedRun& run, const Examples& train, uint64_t seed, bool quiet);

  /// "error": squared error of the reconstruction, summed over the example's numbers.  "elbo", of
  /// variational autoencoders: the negative evidence lower bound in nats, constants included, over
  /// four samples of the latents whose noise is the same for all examples, so that an example's
  /// score does not depend on the others.  "distance": of the latents from the training latents.
  /// "pca": the error of principal components, as many as there are latents.
  std::vector<Score> score(const ExampleBatches& examples, const std::string& label,
                           bool quiet) const;

  /// The names of the scores.
  std::vector<std::string> names() const;

 private:
  struct Kind {
    std::string name, column, meaning;
  };

  std::vector<Tensor> score_batch(const Tensor& images) const;
  Tensor negative_elbo(const Tensor& images, const Latent& code) const;

  const OpenedRun& run_;
  space::LatentSpread spread_;
  statistics::PrincipalComponents components_;
  Tensor noise_;  // [2, Z], or undefined without an ELBO
  std::vector<Kind> kinds_;
};

}  // namespace latent
