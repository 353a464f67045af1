// Pictures of examples of any kind: images in grids, rows of a table in charts.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/image_shape.h"
#include "core/tensor.h"
#include "visual/look.h"

namespace latent::visual {

/// One version of some examples: the input, the output or the truth.
struct Version {
  std::string name;
  Tensor examples;  // [N, C, h, w]
};

class Gallery {
 public:
  virtual ~Gallery() = default;

  /// The numbers of examples that make a good picture.
  struct Counts {
    int64_t pairs;
    int64_t samples;
  };
  virtual Counts counts(const ImageShape& shape) const = 0;

  /// Draws originals and the model's versions of them, both [N, C, H, W]; at most look.columns
  /// pairs side by side.
  virtual void write_pairs(const std::filesystem::path& path, const Tensor& originals,
                           const Tensor& models, const Look& look) const = 0;
  /// Draws versions of the same examples below each other, the model's before the truth; at most
  /// look.columns examples side by side. Smaller images are enlarged by a whole factor and framed
  /// in white; for a table, only the last two versions are drawn.
  virtual void write_versions(const std::filesystem::path& path,
                              const std::vector<Version>& versions, const Look& look) const = 0;
  /// Examples of one kind, for write_differences.
  struct Group {
    std::string name;                // "most anomalous"
    Tensor originals, models;        // [N, C, H, W]
    std::vector<std::string> words;  // N: the name of each
    std::vector<std::string> notes;  // N: a note for each, such as a number
    std::vector<bool> flagged = {};  // N: which get a frame, or none
  };
  /// Draws groups below each other, at most look.columns examples side by side: examples, the
  /// model's versions of them, and their differences, all on one scale of colours. A table's rows
  /// are drawn as points, where columns have no meaning.
  virtual void write_differences(const std::filesystem::path& path,
                                 const std::vector<Group>& groups, const Look& look) const = 0;
  /// Draws examples from the model, [N, C, H, W]; look.columns: 0 for as square as possible.
  virtual void write_samples(const std::filesystem::path& path, const Tensor& samples,
                             const Look& look) const = 0;
  /// Draws examples from a grid over the latents, row by row, without gaps, in look.columns
  /// columns.
  virtual void write_manifold(const std::filesystem::path& path, const Tensor& samples,
                              const Look& look) const = 0;
  /// Draws one example, [C, H, W].
  virtual void write_single(const std::filesystem::path& path, const Tensor& sample) const = 0;
};

/// Returns a gallery that draws values in [0, 1] as PNG or JPEG by the file's extension.
std::unique_ptr<Gallery> image_gallery();

/// Returns a gallery that draws rows of numbers, [N, 1, 1, D], as PNG, SVG or PDF by the
/// file's extension: a scatter of points for up to three columns, else a trace for each row. Its
/// functions throw Error naming the package to install if gnuplot is missing.
std::unique_ptr<Gallery> table_gallery();

}  // namespace latent::visual
