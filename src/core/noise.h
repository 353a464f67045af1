// Random numbers for the images of a batch, or of a part of a batch.
#pragma once

#include <ATen/core/Generator.h>

#include <utility>
#include <vector>

#include "core/tensor.h"

namespace latent {

/// Draws numbers for a batch of images, the first dimension of every tensor. For a part of a batch
/// it draws those of the whole batch and returns the part's, so that a batch cut in parts gets the
/// same numbers as the whole.
class Noise {
 public:
  /// Draws for whole batches.
  Noise(at::Generator generator) : generator_(std::move(generator)) {}  // NOLINT: a conversion
  /// Draws for the images `first`, first + 1, ... of a batch of `total`.
  Noise(at::Generator generator, int64_t first, int64_t total)
      : generator_(std::move(generator)), first_(first), total_(total) {}

  /// Returns the numbers for images from `first` on of the same batch.
  Noise from(int64_t first) const { return {generator_, first, total_}; }

  // The numbers are drawn on the generator's device and moved to that of the options: from a
  // generator on the CPU they are the same for every device.
  // sizes: [B, ...] of the part; like: a tensor of the part, whose memory format the numbers get.

  /// Returns numbers from N(mean, deviation).
  Tensor normal(c10::IntArrayRef sizes, const at::TensorOptions& options, double mean = 0,
                double deviation = 1) const;
  /// Returns numbers from [low, high).
  Tensor uniform(c10::IntArrayRef sizes, const at::TensorOptions& options, double low = 0,
                 double high = 1) const;
  /// Returns whole numbers from [low, high).
  Tensor integers(c10::IntArrayRef sizes, const at::TensorOptions& options, int64_t low,
                  int64_t high) const;
  /// Returns 1 with the given probability, else 0.
  Tensor bernoulli(const Tensor& like, double probability) const;

 private:
  // Returns memory for the numbers of the whole batch, on the generator's device.
  Tensor empty(c10::IntArrayRef sizes, const at::TensorOptions& options,
               at::MemoryFormat format = at::MemoryFormat::Contiguous) const;
  // Returns those of the `count` images of the part, on `device`.
  Tensor part(const Tensor& drawn, int64_t count, const c10::Device& device) const;

  at::Generator generator_;
  int64_t first_ = 0;
  int64_t total_ = -1;  // -1: the part is the whole
};

}  // namespace latent
