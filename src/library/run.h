// The library of latent: opens a run and computes with its model, tensors in, tensors out.
//
// This header includes nothing else of latent, so that a program needs LibTorch's headers alone.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace latent {

/// A run that `latent train` left in a folder. Its functions may be called by one thread at a time;
/// they compute without gradients and throw std::runtime_error with one line that says what is
/// wrong.
class Run {
 public:
  /// checkpoint: "best" or "last". device: "cpu", "cuda" or "cuda:1".
  explicit Run(const std::string& folder, const std::string& checkpoint = "best",
               const std::string& device = "cpu");
  ~Run();
  Run(Run&&) noexcept;
  Run& operator=(Run&&) noexcept;

  /// Returns channels, height and width of the images that `encode` takes.
  std::vector<int64_t> input_shape() const;
  /// Returns those of the pictures that `decode` makes.
  std::vector<int64_t> output_shape() const;
  /// Returns the number of latents, Z.
  int64_t latent_dim() const;

  /// Returns the codes of images, [N, Z] float32 on the CPU. images: [N, C, H, W], uint8 from 0 to
  /// 255 or float from 0 to 1.
  at::Tensor encode(const at::Tensor& images) const;
  /// Returns pictures [N, C, H, W] float32 in [0, 1] on the CPU. z: [N, Z]. attributes: what a
  /// conditional model is asked for, as latent sample --attribute takes it: "label=3"; "" for
  /// nothing.
  at::Tensor decode(const at::Tensor& z, const std::string& attributes = "") const;
  /// Returns random latents [count, Z]. sampler: a name of latent sample --sampler.
  at::Tensor sample(int64_t count, const std::string& sampler = "prior", double temperature = 1,
                    uint64_t seed = 0) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace latent
