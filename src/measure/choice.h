// The measures that a user asks for, and their figures.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "measure/measure.h"

namespace latent {

/// Rows of the table of measures.
struct MeasureChoice {
  std::vector<const MeasureRow*> rows;
  std::vector<MeasureMaker> makers;  // one for each, once their options are read
  bool named = false;                // by the user: then a run must have them
  bool all = false;  // every measure: then those that a run cannot have are named, with the reason
};

/// Returns the measures that `names` asks for, in the order of their table, without their makers.
/// names: "psnr,ssim", "all", or "" for those by default. Throws UsageError for an unknown name,
/// with the nearest one.
MeasureChoice choose_measures(const std::string& names);

/// Reads the options of the chosen measures, "nll_samples=500" each; keys without one keep their
/// defaults. Throws UsageError for a wrong one.
void read_options(MeasureChoice& choice, const std::vector<std::string>& options);

/// The figures of a measure.
struct MeasuredFigures {
  const MeasureRow* row;
  std::vector<Figure> figures;
};

/// The chosen measures of one run.
class MadeMeasures {
 public:
  /// Makes the measures that the run can have. choice: with its options read, or with their
  /// defaults. Throws Error for a named one that it cannot have,
  /// with the reason and those that it can have, or with what its maker threw.
  MadeMeasures(MeasureChoice choice, const MeasureContext& context);

  /// Returns them for EvaluationOptions::measures.
  std::vector<Measure*> each() const;
  /// Returns the figures after the evaluation.
  std::vector<MeasuredFigures> figures() const;
  /// Returns the images that the measures chose to be drawn. Call it after the evaluation.
  std::vector<RankedImages> ranked() const;
  /// Returns, of the choice "all", the names that the run cannot have, each with the reason.
  const std::vector<std::pair<std::string, std::string>>& left_out() const { return left_out_; }

 private:
  void make(const MeasureChoice& choice, size_t index, const MeasureContext& context);

  struct Made {
    const MeasureRow* row;
    std::unique_ptr<Measure> measure;
  };
  std::vector<Made> made_;
  std::vector<std::pair<std::string, std::string>> left_out_;
};

}  // namespace latent
