// A batch that several processes make together, each a part of it: what a loss or a layer needs of
// the other parts.
#pragma once

#include <vector>

#include "core/tensor.h"
#include "core/world.h"

namespace latent {

/// While one lives, the batches that this thread computes are parts of one batch of all processes.
/// Every process computes the same operations on its part.
class Together {
 public:
  /// counts: images of each process's part, by rank, all above 0. place: of the first of these
  /// images in the batch that noise is drawn for.
  Together(const World& world, std::vector<int64_t> counts, int64_t place = 0);
  ~Together();
  Together(const Together&) = delete;
  Together& operator=(const Together&) = delete;

  /// Returns the one that lives in this thread; nullptr: a batch is whole.
  static const Together* now();

  const World& world() const { return world_; }
  const std::vector<int64_t>& counts() const { return counts_; }
  int64_t total() const { return total_; }  // images of all parts
  int64_t first() const { return first_; }  // of them, before this process's
  int64_t place() const { return place_; }

 private:
  const World& world_;
  std::vector<int64_t> counts_;
  int64_t total_ = 0, first_ = 0, place_;
  const Together* before_;
};

/// Returns the rows of all parts, [total, ...], in the order of the batch. x: this part's, [B,
/// ...]. Every process gets the gradients of all processes that concern its rows. A batch that is
/// whole is returned as it is.
Tensor rows_of_all(const Tensor& x);

/// Adds up what each process has computed of its part, without a gradient, in place. Does nothing
/// if the batch is whole.
void sum_of_all(const Tensor& values);

/// Returns rows of the whole batch, without a gradient: [K, D]. x: this part's, [B * n, D] with
/// n rows of each image. places: [K] int64, the same in every process, of rows of the whole batch.
Tensor rows_at(const Tensor& x, const Tensor& places);

/// Returns the mean of the elements of all parts, without a gradient: a scalar.
Tensor mean_of_all(const Tensor& x);

}  // namespace latent
