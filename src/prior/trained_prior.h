// The learned prior of a run with a codebook: trained once, then drawn from.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "data/condition.h"
#include "prior/prior_training.h"
#include "session/opened_run.h"

namespace latent {

/// The name of the prior that draws codes one after the other.
constexpr const char* kAutoregressive = "autoregressive";

/// Returns the folder of a run's prior: priors/<name>.
std::filesystem::path prior_folder(const OpenedRun& run, const std::string& name);

/// How the training of a prior is started.
struct PriorRequest {
  std::string name = kAutoregressive;
  std::vector<std::string> settings = {};  // "epochs=4"
  bool resume = false, overwrite = false, quiet = false;
};

/// What a trained prior knows about the codes of a split, in bits per image.
struct PriorReport {
  PriorState state;
  int64_t images = 0;   // of the split
  double prior = 0;     // given the codes before
  double order_0 = 0;   // by the codes' frequencies alone
  double by_place = 0;  // by their frequencies at each place
  int64_t parameters = 0;
};

/// Trains a prior on the codes of the run's training split, or continues, and judges it on the test
/// split. Throws Error for a run without a codebook, a prior that is there already, one to resume
/// that is not there or was trained on the codes of another checkpoint.
PriorReport train_prior(const OpenedRun& run, const PriorRequest& request);

class TrainedPrior {
 public:
  /// Returns whether the run has a prior of that name.
  static bool exists(const OpenedRun& run, const std::string& name);
  /// Opens it. Throws Error if there is none, and if it was trained on the codes of another
  /// checkpoint.
  static TrainedPrior open(const OpenedRun& run, const std::string& name);

  /// What its codes can be drawn by.
  const Condition& condition() const { return condition_; }
  /// Draws codes, [count, P] int64 on the CPU. told: a row of the condition, or undefined.
  Tensor sample(int64_t count, const Tensor& told, double temperature, at::Generator& noise) const;

 private:
  TrainedPrior(std::shared_ptr<CodeTransformer> network, Condition condition)
      : network_(std::move(network)), condition_(std::move(condition)) {}

  std::shared_ptr<CodeTransformer> network_;
  Condition condition_;
};

}  // namespace latent
