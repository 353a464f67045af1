// The arithmetic of the layers: bfloat16, TF32 or full fp32.
#pragma once

#include <c10/core/Device.h>

#include <string>

#include "train/options.h"

namespace latent {

/// Runs products in bfloat16 while it exists, if the precision is "bf16"; weights keep their type.
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

/// Sets a GPU to its fastest arithmetic, with TF32 and the fastest convolutions it finds, or, with
/// train.deterministic, to reproducible arithmetic. Does nothing on the CPU, which is always
/// reproducible.
void set_arithmetic(const TrainOptions& options, const c10::Device& device);

/// Sets a GPU to full fp32, as on the CPU: for the use of a trained model.
void set_full_precision(const c10::Device& device);

/// Whether the device multiplies bfloat16 in hardware: AVX512-BF16 or AMX, or a GPU.
bool has_bf16(const c10::Device& device);

}  // namespace latent
