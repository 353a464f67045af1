// Latents of finitely many values: each place of a map holds one of K codes.
#pragma once

#include <ATen/core/Generator.h>

#include <cstdint>
#include <vector>

#include "core/tensor.h"
#include "model/prior.h"

namespace latent {

/// The codes of a bottleneck whose latents are maps [D, h, w]. An index says which code a place
/// holds.
class Codebook {
 public:
  virtual ~Codebook() = default;
  /// Returns the number of codes, K.
  virtual int64_t size() const = 0;
  /// Returns the number of places of an image, h * w.
  virtual int64_t places() const = 0;
  /// Returns the number of places in a row of the map, w.
  virtual int64_t width() const = 0;
  /// Returns the index of the nearest code at each place. z: [N, D * h * w] or [N, D, h, w] on any
  /// device. Result: [N, h * w] int64 on that device.
  virtual Tensor indices(const Tensor& z) const = 0;
  /// Returns the latents of indices [N, h * w], as rows [N, D * h * w].
  virtual Tensor latents(const Tensor& indices) const = 0;
};

/// Each code with the same probability at each place: what is known before a prior is trained.
class UniformCodes : public Prior {
 public:
  explicit UniformCodes(const Codebook& codes) : codes_(codes) {}
  /// temperature: has no effect.
  Tensor sample(int64_t count, double temperature, at::Generator& noise) const override;

 private:
  const Codebook& codes_;
};

/// Returns x [B, D, h, w] as rows of its places, [B * h * w, D].
Tensor rows_of_places(const Tensor& x);
/// Returns rows [B * h * w, D] as maps [B, D, h, w] of the sizes of `like`.
Tensor map_of_rows(const Tensor& rows, const Tensor& like);

}  // namespace latent
