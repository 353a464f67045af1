// The config of a learned prior.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/config.h"

namespace latent {

struct PriorOptions {
  int64_t layers = 3, channels = 96, heads = 4;
  std::vector<std::string> condition = {};  // names of attributes
  double condition_drop = 0.1;
  int64_t epochs = 2, batch_size = 64, seed = 0;
  double learning_rate = 2e-3, warmup = 0.05, clip_norm = 1;
  std::string precision = "auto";
};

/// Reads all keys of the config. Throws Error for the first that is unknown or out of range.
PriorOptions read_prior_options(Config& config);

}  // namespace latent
