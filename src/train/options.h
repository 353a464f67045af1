// Section `train` of a config.
#pragma once

#include <cstdint>
#include <string>

#include "config/section.h"
#include "train/learning_rate.h"
#include "train/optimizer.h"

namespace latent {

struct TrainOptions {
  int64_t epochs = 10;
  int64_t batch_size = 128;
  int64_t seed = 0;
  OptimizerOptions optimizer;
  LearningRateOptions schedule;
  double clip_norm = 0.0;
  std::string precision = "fp32";
  bool kernels = true;
  int64_t patience = 0;  // early stopping; 0: off
  double min_delta = 0.0;
  int64_t pictures_every = 1;

  void read(Section section);
};

}  // namespace latent
