// A trained run and one split of its data, as the page explores them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "explore/direction_finder.h"
#include "explore/explorer.h"
#include "session/codes.h"
#include "session/opened_run.h"

namespace latent::explore {

/// Answers the page's questions from the codes of a split, which are read from the run's cache or
/// computed once, and the run's model. Writes nothing but that cache.
class RunExplorer : public Explorer {
 public:
  /// Loads the split and its codes, with a progress bar. Throws Error if the run's data set can no
  /// longer be read, and for a split of fewer than two examples.
  RunExplorer(const OpenedRun& run, Split split, bool quiet);
  ~RunExplorer() override;

  int64_t examples() const override { return examples_.count(); }
  int64_t latents() const override { return codes_.code.size(1); }

  Json info() override;
  std::vector<std::string> names() override;
  Frame points(const Axes& axes) override;
  Frame values(const std::string& by) override;
  Frame decode(const Tensor& z, const Told& told) override;
  Frame pictures(const ExamplesRequest& request) override;
  Json attributes() override;
  Json direction(const DirectionRequest& request) override;
  Frame morph(const MorphRequest& request) override;
  std::string morph_gif(const MorphRequest& request) override;
  Json random(double temperature, uint64_t seed) override;
  Json neighbours(const Tensor& z, int64_t count) override;
  Frame encode(const std::string& file) override;

  /// Returns the pictures of codes, [N, C, H, W] on the CPU.
  Tensor decoded(const Tensor& z, const Told& told) const;
  const Examples& split_examples() const { return examples_; }
  const OpenedRun& run() const { return run_; }

 private:
  Tensor told_rows(const Told& told) const;
  Json attribute_list() const;
  Json condition_list() const;
  Tensor morph_codes(const MorphRequest& request) const;
  Tensor along_data(const MorphRequest& request) const;
  Frame errors();
  Tensor noisy(const Tensor& images, const std::vector<int64_t>& indices, double noise) const;

  const OpenedRun& run_;
  Split split_;
  Examples examples_;
  Latent codes_;
  Tensor usage_, range_;       // [Z], [2, Z]
  std::vector<float> errors_;  // of the first examples: all that are computed so far
  std::unique_ptr<DirectionFinder> directions_;
};

/// Returns pictures as the page takes them: uint8 [N, H, W, C], or the rows of a table as float32
/// [N, D].  images: [N, C, H, W].
std::string picture_bytes(const Tensor& images, bool table);

/// Returns the rows of a matrix as lists of numbers of six digits.
Json rows_json(const Tensor& rows);

}  // namespace latent::explore
