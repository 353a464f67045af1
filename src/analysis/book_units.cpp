#include "analysis/book_units.h"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

namespace latent {

std::optional<BookUnits> book_units(const nlohmann::ordered_json& likelihood,
                                    const Evaluation& result) {
  constexpr double kCrossEntropyFactor = 500, kSquaredErrorFactor = 2000;
  if (!result.kl.defined()) return std::nullopt;
  const double kl = result.kl.sum().item<double>();
  const auto& name = likelihood.at("name");
  if (name == "bernoulli") {
    return BookUnits{.factor = kCrossEntropyFactor,
                     .error = "BCE",
                     .reconstruction = kCrossEntropyFactor * result.sampled_bce,
                     .kl = kl};
  }
  if (name == "gaussian" && likelihood.at("sigma") == "fixed" && likelihood.at("value") == 1.0) {
    return BookUnits{.factor = kSquaredErrorFactor,
                     .error = "squared error",
                     .reconstruction = kSquaredErrorFactor * result.sampled_mse,
                     .kl = kl};
  }
  return std::nullopt;
}

}  // namespace latent
