// Which arithmetic the layers compute in.
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

/// While it lives, products run in bfloat16 if the precision is "bf16"; weights keep their type.
class Autocast {
 public:
  Autocast(const c10::Device& device, const std::string& precision);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  c10::DeviceType type_;
  bool active_, before_, cached_;
};

/// Lets a GPU compute as fast as it can, with TF32 and the fastest convolutions it finds, or, with
/// train.deterministic, so that the same training gives the same bits. Nothing to choose on the
/// CPU, which always does.
void set_arithmetic(const TrainOptions& options, const c10::Device& device);

/// Lets a GPU compute in full fp32, as the CPU does: for what is done with a trained model.
void set_full_precision(const c10::Device& device);

/// Whether the device multiplies bfloat16 in hardware: AVX512-BF16 or AMX, or a GPU.
bool has_bf16(const c10::Device& device);

/// A model and its objective on the device, with the weights training would start from.
using Trial = std::function<std::pair<std::shared_ptr<Autoencoder>, std::shared_ptr<Objective>>()>;

/// What "auto" means here: "bf16" if the device has it, a trial with this batch is at least a tenth
/// faster than in fp32, and gives the same loss (within 2 %) and direction of the gradient (cosine
/// 0.95); else "fp32". Some builds have slow or wrong bf16 convolutions. Logs why.
std::string pick_precision(const TrainOptions& options, const Trial& trial, const Batch& batch,
                           const c10::Device& device);

}  // namespace latent
