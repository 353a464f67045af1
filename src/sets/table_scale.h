// Scales the numbers of a table to a range that a model can learn.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/tensor.h"

namespace latent {

class TableScale {
 public:
  /// kind: "columns": each column gets mean 0 and standard deviation 1 over `values`, a constant
  /// column becomes 0; "global": all values together do; "none": values are unchanged.
  /// values: [N, D] float64, the training rows.
  TableScale(const std::string& kind, const Tensor& values);

  /// Restores a scale.  mean, deviation: [D] float64.
  TableScale(Tensor mean, Tensor deviation)
      : mean_(std::move(mean)), deviation_(std::move(deviation)) {}

  const Tensor& mean() const { return mean_; }
  const Tensor& deviation() const { return deviation_; }

  /// values: [N, D] float64.  Returns them scaled, float32.
  Tensor apply(const Tensor& values) const;
  /// Returns the indices of the columns that are constant over the training rows.
  const std::vector<int64_t>& constant_columns() const { return constant_; }

 private:
  Tensor mean_;       // [D] float64
  Tensor deviation_;  // [D] float64, 1 for columns that are not divided
  std::vector<int64_t> constant_;
};

}  // namespace latent
