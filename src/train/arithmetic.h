// Which arithmetic the layers compute in.
#pragma once

#include <c10/core/Device.h>

#include <string>

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

}  // namespace latent
