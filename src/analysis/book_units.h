// A loss in the units of the book whose models `configs/` holds (Foster, Generative Deep Learning).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "train/evaluation.h"

namespace latent {

/// The book's objective, `factor * mean error per value + KL`.
struct BookUnits {
  double factor = 0;
  const char* error = "";     // "BCE" or "squared error"
  double reconstruction = 0;  // factor * the mean error from sampled latents
  double kl = 0;              // nats per image

  double total() const { return reconstruction + kl; }
};

/// Returns the evaluation of a variational autoencoder in the book's units: with the cross-entropy
/// for bernoulli, with the squared error for gaussian with sigma fixed at 1; nothing for
/// likelihoods that the book does not use, or without a KL. likelihood: section
/// `objective.likelihood` of the resolved config. result: with `quality`.
std::optional<BookUnits> book_units(const nlohmann::ordered_json& likelihood,
                                    const Evaluation& result);

}  // namespace latent
