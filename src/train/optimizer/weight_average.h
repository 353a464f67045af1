// A running average of the weights over the training steps, beside the weights that are trained.
#pragma once

#include <vector>

#include "core/tensor.h"

namespace latent {

/// Averages flat buffers of weights and running statistics: after each step
/// average += (1 - decay) * (value - average). Early on the decay is (1 + steps) / (10 + steps) if
/// that is less, so that the initial weights are soon forgotten. Source of averaging: Polyak and
/// Juditsky 1992; of the growing decay: TensorFlow's ExponentialMovingAverage.
class WeightAverage {
 public:
  /// decay: in [0, 1); 0: no average, and nothing below does anything. values: the flat buffers,
  /// which training changes in place; undefined ones are left out.
  WeightAverage(double decay, const std::vector<Tensor>& values);

  /// Whether there is an average.
  bool active() const { return !averages_.empty(); }
  /// Takes the values in. step: steps done before, int64 scalar on the device. skipped: bool scalar
  /// on the device; if it is true nothing changes. Reads no value from the device.
  void update(const Tensor& step, const Tensor& skipped);
  /// Exchanges values and averages: the modules then compute with the averages, or again with the
  /// weights that are trained.
  void exchange();

  /// Whether `tensor` is a view of one of the buffers that are averaged.
  bool has(const Tensor& tensor) const { return place_of(tensor) >= 0; }
  /// Returns the average of such a view, of the same shape and strides.
  Tensor averaged(const Tensor& view) const { return exchanged_ ? view : twin(view); }
  /// Returns what is trained in the place of such a view.
  Tensor trained(const Tensor& view) const { return exchanged_ ? twin(view) : view; }

 private:
  int64_t place_of(const Tensor& tensor) const;
  Tensor twin(const Tensor& view) const;

  double decay_;
  std::vector<Tensor> values_, averages_;
  bool exchanged_ = false;
};

/// Lets the modules compute with the averages as long as it lives.
class AverageInUse {
 public:
  explicit AverageInUse(WeightAverage& average) : average_(average) { average_.exchange(); }
  ~AverageInUse() { average_.exchange(); }
  AverageInUse(const AverageInUse&) = delete;
  AverageInUse& operator=(const AverageInUse&) = delete;

 private:
  WeightAverage& average_;
};

}  // namespace latent
