// The checks of `latent doctor` and their findings.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "measure/code_use.h"
#include "run/metrics.h"
#include "session/opened_run.h"

namespace latent {

/// One result of a check.
struct Finding {
  enum class Kind { kGood, kWarning, kProblem };
  Kind kind;
  std::string where;   // a file of the run, or a part of the model
  std::string what;    // what was found
  std::string remedy;  // what to do, with the keys to change; "" if nothing
};
using Findings = std::vector<Finding>;

/// Returns "good", "warning" or "problem".
std::string to_string(Finding::Kind kind);

/// Checks whether the run's files are whole and consistent, and what killed processes left behind.
/// Faults of the run become findings, not exceptions.
Findings check_files(const std::filesystem::path& run);

/// A step at which a loss or gradient became NaN or infinite, and which no checkpoint has passed.
struct UnpassedStep {
  std::filesystem::path file;  // that describes it
  int64_t step = 0, epoch = 0;
  std::string what;         // "the loss"
  bool validation = false;  // of the epoch, after the step: it always ends the training
};

/// The steps and epochs that the last checkpoint of a run has completed; -1: there is none.
struct Reached {
  int64_t step = -1, epoch = -1;
};

/// Returns the latest such step of the run.
std::optional<UnpassedStep> unpassed_step(const RunDirectory& run, const Reached& reached);

/// Says what to do about it. saved: whether the run has a checkpoint. config: of the run, read into
/// `experiment`.
Finding judge_unpassed_step(const UnpassedStep& bad, bool saved, const RunDirectory& run,
                            const Config& config, const Experiment& experiment);

/// Returns the command that trains a run's config again with a lower learning rate.
std::string restart_with_lower_rate(const RunDirectory& run, const Config& config);

/// How far the training of a run came.
struct TrainingProgress {
  int64_t epochs = -1;   // completed at the last checkpoint; -1: there is none
  int64_t planned = 0;   // by the config
  bool running = false;  // a process is adding rows
  bool stuck = false;    // resuming it needs other settings
  std::string resume = "latent train --resume";
};

/// Checks whether the epochs of metrics.csv are consecutive and hold numbers, and whether the
/// losses show overfitting or a training that ended too early. objective: of the run's config.
Findings check_metrics(const MetricsTable& metrics, const TrainingProgress& progress,
                       const ObjectivePlan& objective);

/// Facts about a model, measured on some images.
struct ModelFacts {
  bool has_posterior = true;
  bool unit_interval = false;  // of the code: a sigmoid
  int64_t latents = 0;
  int64_t used = 0;              // active latents: with KL, or with variance of a plain code
  int64_t dead = 0;              // units of a plain code that are inactive for every image
  double kl = 0;                 // nats per image
  double saturated_codes = 0;    // share of a sigmoid's codes within 0.01 of 0 or 1
  double saturated_outputs = 0;  // share of the pictures' values within 0.001 of 0 or 1
  double saturated_targets = 0;  // share of such values of the images
  double outside = 0;            // share of the pictures' values outside [0, 1] by more than 0.01
  double variance_share =
      1;            // variance of the pictures over the images, relative to that of the images
  double rmse = 0;  // from the latents' mean, per value
  std::optional<CodeUse> codes = {};  // of a codebook
  int64_t seen_places = 0;            // that its codes were counted at
  bool finite = true;
};

/// Measures the facts on up to 2000 of the examples.
ModelFacts model_facts(const OpenedRun& run, const Examples& examples);

/// Judges the facts and names the keys to change. config: of the run, read.
Findings check_model(const ModelFacts& facts, const Config& config);

}  // namespace latent
