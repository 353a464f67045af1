// How evenly the codes of a codebook are used.
#pragma once

#include <cstdint>

#include "core/tensor.h"

namespace latent {

/// What the counts of codes say.
struct CodeUse {
  int64_t codes = 0;      // K
  int64_t used = 0;       // of these, at least once
  double nats = 0;        // entropy of the codes' frequencies
  double perplexity = 0;  // exp(nats): as many equally frequent codes would surprise as much
};

/// Counts codes. Over a whole split: a batch cannot show more codes than it has places.
class CodeCounts {
 public:
  explicit CodeCounts(int64_t codes);
  /// indices: int64 below the number of codes, of any shape, on any device.
  void add(const Tensor& indices);
  /// Adds what others have counted of the same codebook, [K] int64.
  void add_counts(const Tensor& counts) { counts_ += counts; }
  CodeUse use() const;
  /// Returns how often each was met, [K] int64.
  const Tensor& counts() const { return counts_; }

 private:
  Tensor counts_;
};

}  // namespace latent
