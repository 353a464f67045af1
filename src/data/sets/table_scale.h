// Bringing the numbers of a table to a size that a model can learn.
#pragma once

#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent {

class TableScale {
 public:
  /// kind: "columns": each column gets mean 0 and standard deviation 1 over `values`, a constant
  /// one 0; "global": all values together do; "none": nothing changes.
  /// values: [N, D] float64, the training rows.
  TableScale(const std::string& kind, const Tensor& values);

  /// values: [N, D] float64.  Returns the same scaled, float32.
  Tensor apply(const Tensor& values) const;
  /// The places of the columns that are constant over the training rows.
  const std::vector<int64_t>& constant_columns() const { return constant_; }

 private:
  Tensor mean_;       // [D] float64
  Tensor deviation_;  // [D] float64, 1 where nothing is to be divided
  std::vector<int64_t> constant_;
};

}  // namespace latent
