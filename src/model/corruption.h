// Corruptions: what happens to the images before the encoder sees them; the target stays clean.
#pragma once

#include <ATen/core/Generator.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/section.h"
#include "core/image_shape.h"
#include "core/registry.h"
#include "core/tensor.h"

namespace latent {

class Corruption {
 public:
  virtual ~Corruption() = default;
  /// images: [B, C, H, W] of the shape it was made for, on any device, with the generator of that
  /// device.  Returns [B, C, h, w] of shape `output(...)`; the images stay as they are.
  virtual Tensor apply(const Tensor& images, at::Generator& generator) const = 0;
  /// The shape of what it makes.
  virtual ImageShape output(const ImageShape& images) const { return images; }
};

/// Makes the corruption for images of a shape. Throws Error if they do not fit.
using CorruptionMaker = std::function<std::unique_ptr<Corruption>(const ImageShape&)>;

struct CorruptionRow {
  std::string name;
  std::string summary;
  /// Part of the model: applied whenever images are encoded. False for noise, which is for
  /// training, validation and `latent denoise`.
  bool always;
  /// Reads its keys. table: the examples are rows of numbers of any size, not pixels in [0, 1].
  std::function<CorruptionMaker(Section&, bool table)> configure;
};

const Registry<CorruptionRow>& corruptions();

/// The corruptions of a config, one after another; none by default.
class CorruptionChain {
 public:
  CorruptionChain() = default;

  bool empty() const { return links_.empty(); }
  /// Whether there is noise among them: something that encoding leaves out.
  bool noisy() const;
  /// What the encoder sees of images of the shape they were made for.
  const ImageShape& output() const { return output_; }

  /// All of them, with one generator on the images' device.  images: [B, C, H, W].
  Tensor corrupt(const Tensor& images, at::Generator generator) const;
  /// Only those that are part of the model.
  Tensor prepare(const Tensor& images) const;

 private:
  friend struct CorruptionPlan;
  struct Link {
    std::shared_ptr<const Corruption> corruption;
    bool always;
  };
  std::vector<Link> links_;
  ImageShape output_;
};

/// Section `corruption`, read.
struct CorruptionPlan {
  struct Part {
    CorruptionMaker make;
    bool always;
  };
  std::vector<Part> parts;

  /// Throws Error naming the key if images of this shape do not fit.
  CorruptionChain make(const ImageShape& images) const;
};

/// Reads the list `corruption` of a config: [], ["gaussian"], [{"name": "gaussian", "std": 0.5},
/// ...], or one name alone.
CorruptionPlan configure_corruption(Section root, bool table);

}  // namespace latent
