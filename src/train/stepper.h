// The fast path of training: fetches a batch and trains on it, on a GPU as one CUDA graph.
#pragma once

#include <memory>
#include <string>

#include "core/device/device_tools.h"
#include "train/batches.h"
#include "train/graph_replay.h"
#include "train/options.h"
#include "train/step.h"

namespace latent {

/// Fetches batches and trains on them.
///
/// On the CPU it fetches, then trains. On a GPU both are recorded as one CUDA graph after a few
/// steps: between two replays it only copies the indices of the batch and seeds the generators.
/// Images that do not fit on the device are sent from the host while the previous batch is trained
/// on. A short last batch runs operation by operation, and so do all batches if train.cuda_graph is
/// false, if train.accumulate cuts them in parts, or if recording fails, which is logged as a
/// warning. The results equal those of fetching and training by hand, bit for bit if the device is
/// deterministic (train.deterministic).
class Stepper {
 public:
  /// The batches and the step must outlive it. tools: by default those of the device.
  Stepper(const Batches& batches, TrainingStep& step, const TrainOptions& options,
          const c10::Device& device);
  Stepper(const Batches& batches, TrainingStep& step, const TrainOptions& options,
          const c10::Device& device, const DeviceTools& tools);
  Stepper(const Stepper&) = delete;
  Stepper& operator=(const Stepper&) = delete;

  /// Trains on the images order[first], ..., order[first + count - 1].
  /// order: [N] int64, on Batches::storage_device; must not be changed afterwards.
  /// step: steps done before.  part: of the batch of all processes.  Returns the seconds that the
  /// host spent fetching images.
  double run(const Tensor& order, int64_t first, int64_t count, int64_t step, BatchPart part = {});

  /// Whether steps are replayed as one CUDA graph.
  bool recorded() const { return whole_.recorded(); }

 private:
  double run_plainly(const Tensor& indices);
  void feed(const Tensor& order, int64_t first);
  void send(const Tensor& order, int64_t first);
  void log_recording();

  const Batches& batches_;
  TrainingStep& step_;
  StepNoise noise_;
  int64_t size_;  // of a full batch
  bool logged_ = false;
  Tensor indices_;                  // [B] of images, or of conditions, on the device
  Tensor rows_;                     // [B, H, W, C] from the host; neither: nothing is recorded
  std::unique_ptr<HostFeed> feed_;  // of the latter
  Tensor sent_order_;               // of the batch being sent; undefined if none
  int64_t sent_first_ = 0;
  GraphReplay whole_;
};

}  // namespace latent
