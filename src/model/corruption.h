// Corruptions of the encoder's input; the target stays clean.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/section.h"
#include "core/image_shape.h"
#include "core/noise.h"
#include "core/random.h"
#include "core/registry.h"
#include "core/tensor.h"

namespace latent {

class Corruption {
 public:
  virtual ~Corruption() = default;
  /// Returns the corrupted images, [B, C, h, w] of shape `output(...)`. images: [B, C, H, W] of the
  /// shape it was made for, on any device; not changed.
  virtual Tensor apply(const Tensor& images, const Noise& noise) const = 0;
  /// Returns the shape of the corrupted images.
  virtual ImageShape output(const ImageShape& images) const { return images; }
};

/// Makes the corruption for images of a shape. Throws Error if they do not fit.
using CorruptionMaker = std::function<std::unique_ptr<Corruption>(const ImageShape&)>;

struct CorruptionRow {
  std::string name;
  std::string summary;
  /// Part of the model: applied whenever images are encoded. False for noise, which is applied in
  /// training, validation and `latent denoise`.
  bool always;
  /// Reads its keys. table: the examples are rows of arbitrary numbers, not pixels in [0, 1].
  std::function<CorruptionMaker(Section&, bool table)> configure;
};

const Registry<CorruptionRow>& corruptions();

/// The corruptions of a config, applied one after another; none by default.
///
/// Two functions make the encoder's input. `corrupt` applies every link, as training and validation
/// do: noise, and links that are part of the model. `encoder_input` applies only the links that are
/// part of the model (`CorruptionRow::always`), as commands do that encode images of their own.
class CorruptionChain {
 public:
  CorruptionChain() = default;

  bool empty() const { return links_.empty(); }
  /// Whether the chain contains noise, which `encoder_input` leaves out.
  bool noisy() const;
  /// The shape of the images that the chain was made for.
  const ImageShape& input() const { return input_; }
  /// The shape of the encoder's input.
  const ImageShape& output() const { return output_; }

  /// Applies every link. images: [B, C, H, W] of shape `input`.
  Tensor corrupt(const Tensor& images, const Noise& noise) const;
  /// Applies every link with the noise of stream (seed, stream, index).
  Tensor corrupt(const Tensor& images, uint64_t seed, Stream stream, uint64_t index) const;
  /// Applies the links that are part of the model. images: [B, C, H, W] of shape `input`, or
  /// already of the height and width of `output`: these are returned unchanged.
  Tensor encoder_input(const Tensor& images) const;

 private:
  friend struct CorruptionPlan;
  struct Link {
    std::shared_ptr<const Corruption> corruption;
    bool always;
  };
  std::vector<Link> links_;
  ImageShape input_, output_;
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
