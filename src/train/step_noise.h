// The random numbers of training steps.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "core/noise.h"
#include "core/random.h"
#include "core/world.h"

namespace latent {

/// A process's part of the batch that all processes train on together.
struct BatchPart {
  int64_t first = 0;   // place of its first image in that batch
  int64_t total = -1;  // images of that batch; -1: the part is the whole
  int64_t copies = 1;  // processes that train on these images
};

/// Returns the part of a batch of `total` images that falls to a process, and its number of images;
/// the parts differ by one image at most. Every process trains on the whole of a batch that has
/// fewer images than there are processes.
std::pair<BatchPart, int64_t> part_of(int64_t total, const World& world);

/// Returns the numbers of images of the processes' parts, cut in `pieces`, of which it takes the
/// i-th. total: at least pieces * processes.
std::vector<int64_t> part_sizes(int64_t total, int64_t processes, int64_t i = 0,
                                int64_t pieces = 1);

/// The random numbers of one training step. They depend on the seed, the step and the images'
/// places in the batch, and on nothing that was drawn before.
///
/// The generators stay the same from step to step, because a recorded step draws from those it was
/// recorded with.
class StepNoise {
 public:
  StepNoise(uint64_t seed, const c10::Device& device);

  /// Positions all streams at a step. step: steps done before.
  void move_to(int64_t step, BatchPart part = {});
  /// Returns the numbers of the same step for a part of its batch, from the beginning: all parts
  /// together draw what the whole batch would. The generators are shared: use one part at a time.
  StepNoise of_part(BatchPart part) const;
  /// Returns the numbers of a stream that is keyed by the training step.
  Noise operator()(Stream stream) const;
  /// Returns the generators of some streams.
  std::vector<at::Generator> generators(const std::vector<Stream>& streams) const;
  const BatchPart& part() const { return part_; }
  /// Returns the number of the step, int64 scalar on the device, for work that is recorded.
  const Tensor& step() const { return step_; }

 private:
  uint64_t seed_;
  std::map<Stream, at::Generator> generators_;
  void rewind();

  BatchPart part_;
  int64_t steps_ = 0;  // done before
  Tensor step_;
};

}  // namespace latent
