// Section `train` of a config.
#pragma once

#include <cstdint>
#include <string>

#include "config/section.h"
#include "train/on_nan.h"
#include "train/optimizer/learning_rate.h"
#include "train/optimizer/optimizer.h"

namespace latent {

struct TrainOptions {
  int64_t epochs = 10;
  int64_t batch_size = 128;
  int64_t seed = 0;
  OptimizerOptions optimizer;
  LearningRateOptions schedule;
  double clip_norm = 0.0;
  int64_t accumulate = 1;  // parts of a batch, whose gradients add up
  double ema = 0.0;        // decay of the average of the weights; 0: none
  OnNanOptions on_nan;
  std::string precision = "fp32";
  bool kernels = true;
  bool cuda_graph = true;
  bool deterministic = false;
  int64_t patience = 0;  // early stopping; 0: off
  double min_delta = 0.0;
  int64_t validation_count = 0;  // images that each epoch is measured on; 0: all of the split
  int64_t pictures_every = 1;
  bool report = false;              // at the end of training
  bool tensorboard = false;         // event files of each epoch
  int64_t checkpoint_steps = 0;     // between checkpoints; 0: never
  double checkpoint_minutes = 10;   // the same by the clock
  int64_t checkpoint_keep = 2;      // of the last ones
  double distributed_timeout = 60;  // seconds until a silent process counts as lost

  void read(Section section);
  /// Whether steps may be recorded: one in parts draws numbers again for each part.
  bool records_steps() const { return cuda_graph && accumulate == 1; }
};

}  // namespace latent
