// Several runs measured on the same images, and whether their figures differ beyond chance.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/run_evaluation.h"
#include "config/differences.h"
#include "statistics/group_test.h"

namespace latent {

/// A run beside others.
struct ComparedRun {
  std::string path;
  std::string checkpoint;
  nlohmann::ordered_json config;  // resolved
  std::vector<Figure> figures;    // the losses, then those of the measures: "psnr",
                                  // "reconstruction.frechet"
  Tensor pictures;                // [K, C, H, W], of the model, for the first K images
  size_t group = 0;               // runs of one group differ in train.seed only

  const Figure* find(const std::string& name) const;
};

/// What is said of a figure of two groups.
enum class Verdict {
  kDiffers,       // beyond what other images and other seeds do by chance
  kNoDifference,  // not beyond that
  kUnknown,       // each group has one seed: what another would do is not known
  kSameConfig     // the runs differ in their seeds only
};
std::string to_string(Verdict verdict);

/// A figure of one group against that of another.
struct ComparedFigure {
  std::string name, unit;
  std::vector<size_t> first, second;  // places of the runs
  statistics::GroupDifference difference;
  double p = 1;  // with seeds, adjusted for the number of figures and groups; NaN without
  Verdict verdict;
};

struct RunComparison {
  int64_t images = 0;
  std::string noun;  // of one example: "image"
  std::vector<ComparedRun> runs;
  std::vector<ConfigDifference> differences;
  std::vector<ComparedFigure> tests;
  Tensor shown;  // [K, C, H, W], the images of `pictures`
  std::shared_ptr<const visual::Gallery> gallery;
};

/// What is compared.
struct ComparisonRequest {
  std::vector<std::string> runs;  // folders, at least two
  std::string checkpoint = "best";
  Split split = Split::kTest;
  MeasureChoice choice;
  int64_t shown = 10;  // images
  c10::Device device = c10::kCPU;
  uint64_t seed = 0;
  bool quiet = false;
};

/// Measures the runs on the same images. Throws Error as OpenedRun::open does, and if a run's split
/// has other images than that of the first one.
RunComparison compare_runs(const ComparisonRequest& request);

/// Puts runs whose configs differ in train.seed only into one group, in the order in which they
/// come.
void group_runs(std::vector<ComparedRun>& runs);

/// Tests every figure that is a mean over the images: each group against the first one, or if there
/// is one group only, each run against the first. Probabilities are adjusted by Holm's method.
std::vector<ComparedFigure> test_figures(const std::vector<ComparedRun>& runs);

}  // namespace latent
