// Optimizers, which update the flat buffer of parameters.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "config/section.h"
#include "core/registry.h"
#include "train/optimizer/flat_parameters.h"

namespace latent {

struct OptimizerOptions {
  std::string name = "adam";
  double learning_rate = 1e-3;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double weight_decay = 0.0;
  double momentum = 0.0;

  void read(Section& train);
};

/// Updates the flat parameters from the flat gradients.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  /// Performs one update. bad: a float32 scalar on the parameters' device, 1 if the gradients must
  /// not be used, which leaves parameters and state unchanged; 0, or undefined, for an update.
  virtual void step(const Tensor& bad = {}) = 0;
  /// Returns the learning rate: a scalar on the parameters' device, changed by filling it.
  virtual Tensor learning_rate() = 0;
  /// Fills the learning rate unless it was last set to `rate`: each fill is work for a GPU.
  void set_learning_rate(double rate);
  /// Returns the state to keep in a checkpoint, by name: flat buffers ([P]) and scalars. Loading
  /// changes them in place.
  virtual std::map<std::string, Tensor> state() = 0;

 private:
  std::optional<double> rate_set_;
};

/// An optimizer that a config can name under `train.optimizer`.
struct OptimizerRow {
  std::string name;
  std::string summary;
  /// Reads the keys that are its own; those of every optimizer have been read.
  void (*read)(Section& optimizer, OptimizerOptions& options);
  std::unique_ptr<Optimizer> (*make)(const OptimizerOptions& options, FlatParameters& parameters);
};

const Registry<OptimizerRow>& optimizers();

/// Makes the optimizer that the options name.
std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          FlatParameters& parameters);

/// Scales the flat gradients, whose Euclidean norm is `norm` (a scalar), so that it is at most
/// `limit`, without asking the device.
void clip_gradients(Tensor gradients, const Tensor& norm, double limit);

}  // namespace latent
