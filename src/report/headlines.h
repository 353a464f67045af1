// The few figures that tell whether a run is good, each beside what simple methods reach.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/yardsticks.h"

namespace latent {

/// What the headlines are made of; figures that a run does not have are missing.
struct HeadlineFacts {
  std::string noun;  // of an example: "image"
  std::optional<double> mse = {}, psnr = {}, ssim = {};
  std::optional<double> cross_entropy = {};  // nats, from the latents' mean, of a Bernoulli model
  std::optional<double> kl = {};             // nats
  std::optional<int64_t> active = {};        // latents
  int64_t latents = 0;
  int64_t values = 0;  // of an example
  /// Of training and validation at the best epoch.
  std::optional<std::pair<double, double>> losses = {};
  bool validated_on_test = false;  // the validation split is the test split
  Yardsticks yardsticks = {};
};

/// Returns the names of the columns: figure, this run, the yardsticks, in words.
std::vector<std::string> headline_columns(const HeadlineFacts& facts);

/// Returns a row for each figure, with a sentence that reads it.
std::vector<std::vector<std::string>> headlines(const HeadlineFacts& facts);

/// Returns a few sentences that answer whether the run is good: what it explains beside PCA,
/// whether it overfits. "" without an mse.
std::string verdict(const HeadlineFacts& facts);

/// Returns one sentence: the share of the variance that reconstructions explain, and that of the
/// principal components. "" without an mse.
std::string explained_text(const HeadlineFacts& facts);

}  // namespace latent
