// Fetching a batch and training on it, as fast as the device allows: the fast path on a GPU.
#pragma once

#include <memory>
#include <string>

#include "core/device/device_tools.h"
#include "train/batches.h"
#include "train/graph_replay.h"
#include "train/options.h"
#include "train/step.h"

namespace latent {

/// On the CPU: fetch, then train.
///
/// On a GPU both are recorded as one CUDA graph after a few steps: what comes between two replays
/// is a copy of the batch's indices, and the seeds of the generators. Images that have no room on
/// the device are sent from the host while the batch before is trained on. A short last batch runs
/// operation by operation, and so does all if train.cuda_graph is false or nothing can be recorded,
/// which a warning tells. The numbers are those of fetching and training by hand, bit for bit where
/// the device repeats its bits (train.deterministic).
class Stepper {
 public:
  /// The batches and the step must outlive it. tools: those of the device unless told.
  Stepper(const Batches& batches, TrainingStep& step, const TrainOptions& options,
          const c10::Device& device);
  Stepper(const Batches& batches, TrainingStep& step, const TrainOptions& options,
          const c10::Device& device, const DeviceTools& tools);
  Stepper(const Stepper&) = delete;
  Stepper& operator=(const Stepper&) = delete;

  /// Trains on the images order[first], ..., order[first + count - 1].
  /// order: [N] int64, where the images are (Batches::storage_device), not changed afterwards.
  /// step: steps done before.  Returns the seconds that the host spent on the images.
  double run(const Tensor& order, int64_t first, int64_t count, int64_t step);

  /// Whether steps are replayed as one CUDA graph.
  bool recorded() const { return whole_.recorded(); }

 private:
  double run_plainly(const Tensor& indices, int64_t step);
  void feed(const Tensor& order, int64_t first);
  void send(const Tensor& order, int64_t first);
  void tell();

  const Batches& batches_;
  TrainingStep& step_;
  int64_t size_;  // of a full batch
  bool warned_ = false;
  Tensor indices_;                  // [B] of images on the device, or
  Tensor rows_;                     // [B, H, W, C] that came from the host; neither: all plainly
  std::unique_ptr<HostFeed> feed_;  // of the latter
  Tensor sent_order_;               // which batch is on its way; undefined if none
  int64_t sent_first_ = 0;
  GraphReplay whole_;
};

}  // namespace latent
