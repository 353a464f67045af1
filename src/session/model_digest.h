// What identifies a run's trained model.
#pragma once

#include <string>

#include "model/autoencoder.h"

namespace latent {

/// Returns the SHA-256 of the names and values of all weights and statistics, 64 hexadecimal
/// digits: of two checkpoints it differs, on two devices it does not.
std::string model_digest(const Autoencoder& model);

}  // namespace latent
