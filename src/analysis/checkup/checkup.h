// What `latent doctor` looks at in a run, and what it finds.
#pragma once

#include <string>
#include <vector>

#include "run/metrics.h"
#include "session/opened_run.h"

namespace latent {

struct Finding {
  enum class Kind { kGood, kWarning, kProblem };
  Kind kind;
  std::string where;   // a file of the run, or a part of the model
  std::string what;    // was found
  std::string remedy;  // what to do, with the keys to change; "" if nothing
};
using Findings = std::vector<Finding>;

/// "good", "warning", "problem".
std::string to_string(Finding::Kind kind);

/// The run's files: whether they are whole and fit each other, and what killed processes left.
/// Throws nothing for what is wrong with the run.
Findings check_files(const std::filesystem::path& run);

/// metrics.csv: whether its epochs follow each other, hold numbers, and what their losses say.
/// epochs: completed at the last checkpoint, or -1. training: a process adds rows at this moment.
Findings check_metrics(const MetricsTable& metrics, int64_t epochs, bool training);

/// What a pass over some images tells of a model.
struct ModelFacts {
  bool probabilistic = true;
  bool unit_interval = false;  // of the code: a sigmoid
  int64_t latents = 0;
  int64_t used = 0;              // latents that carry something: KL, or variance of a plain code
  int64_t dead = 0;              // units of a plain code that answer to no image
  double kl = 0;                 // nats per image
  double saturated_codes = 0;    // share of a sigmoid's codes within 0.01 of 0 or 1
  double saturated_outputs = 0;  // share of the pictures' values within 0.001 of 0 or 1
  double saturated_targets = 0;  // the same of the images
  double outside = 0;            // share of the pictures' values beyond [0, 1] by more than 0.01
  double variance_share = 1;     // of the pictures' variance over the images, of the images' own
  double rmse = 0;               // from the latents' mean, per value
  bool finite = true;
};
ModelFacts model_facts(const OpenedRun& run, const Examples& examples);

/// What the facts mean. config: the run's, read.
Findings check_model(const ModelFacts& facts, const Config& config);

}  // namespace latent
