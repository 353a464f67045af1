// The choice of a precision for "auto" on this machine.
#pragma once

#include <c10/core/Device.h>

#include <functional>
#include <memory>
#include <string>

#include "model/autoencoder.h"
#include "objective/objective.h"
#include "train/batches.h"
#include "train/options.h"

namespace latent {

/// Makes a model and its objective on the device, with the weights that training would start from.
using Trial = std::function<std::pair<std::shared_ptr<Autoencoder>, std::shared_ptr<Objective>>()>;

/// Picks the precision for "auto": "bf16" if the device has it, a trial with this batch is at least
/// a tenth faster than in fp32, and gives the same loss (within 2%) and direction of the gradient
/// (cosine 0.95); else "fp32". Some builds have slow or wrong bf16 convolutions. Logs the reason.
std::string pick_precision(const TrainOptions& options, const Trial& trial, const Batch& batch,
                           const c10::Device& device);

}  // namespace latent
