// Examples on pictures, whatever they are: images in grids, rows of a table in charts.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/image_shape.h"
#include "core/tensor.h"

namespace latent::visual {

/// One version of some examples: what went in, what came out, the truth.
struct Version {
  std::string name;
  Tensor examples;  // [N, C, h, w]
};

class Gallery {
 public:
  virtual ~Gallery() = default;

  /// How many examples make a good picture.
  struct Counts {
    int64_t pairs;
    int64_t samples;
  };
  virtual Counts counts(const ImageShape& shape) const = 0;

  /// Originals and the model's versions of them, both [N, C, H, W]; at most `columns` pairs beside
  /// each other.
  virtual void write_pairs(const std::filesystem::path& path, const Tensor& originals,
                           const Tensor& models, int64_t columns) const = 0;
  /// Versions of the same examples below each other, the model's before the truth; at most
  /// `columns` beside each other. Smaller images are enlarged by a whole factor and framed in
  /// white; of a table, only the last two versions are drawn.
  virtual void write_versions(const std::filesystem::path& path,
                              const std::vector<Version>& versions, int64_t columns) const = 0;
  /// Examples of one kind, for write_differences.
  struct Group {
    std::string name;                // "most anomalous"
    Tensor originals, models;        // [N, C, H, W]
    std::vector<std::string> words;  // N: what each is
    std::vector<std::string> notes;  // N: a number for each, say
  };
  /// Groups below each other: examples, what the model makes of them, and where the two differ.
  virtual void write_differences(const std::filesystem::path& path,
                                 const std::vector<Group>& groups) const = 0;
  /// Examples that the model made, [N, C, H, W]; columns: 0 for as square as possible.
  virtual void write_samples(const std::filesystem::path& path, const Tensor& samples,
                             int64_t columns) const = 0;
  /// Examples from a grid over the latents, row by row: one surface of `side` columns.
  virtual void write_manifold(const std::filesystem::path& path, const Tensor& samples,
                              int64_t side) const = 0;
  /// One of them, [C, H, W], by itself.
  virtual void write_single(const std::filesystem::path& path, const Tensor& sample) const = 0;
};

/// Values in [0, 1] as PNG.
std::unique_ptr<Gallery> image_gallery();

/// Rows of numbers, [N, 1, 1, D], as PNG or SVG by the file's extension: a scatter of points for up
/// to three columns, else a trace for each row.
/// Its functions throw Error naming the package to install if gnuplot is missing.
std::unique_ptr<Gallery> table_gallery();

}  // namespace latent::visual
