#include "train/stepper.h"

#include <ATen/ATen.h>
#include <ATen/record_function.h>

#include <algorithm>

#include "core/log.h"
#include "core/stopwatch.h"

namespace latent {
namespace {

std::vector<Stream> all_streams(const Batches& batches, const TrainingStep& step) {
  auto all = batches.streams();
  for (const Stream stream : step.streams())
    all.push_back(stream);
  return all;
}

}  // namespace

Stepper::Stepper(const Batches& batches, TrainingStep& step, const TrainOptions& options,
                 const c10::Device& device)
    : Stepper(batches, step, options, device, device_tools(device)) {}

Stepper::Stepper(const Batches& batches, TrainingStep& step, const TrainOptions& options,
                 const c10::Device& device, const DeviceTools& tools)
    : batches_(batches),
      step_(step),
      noise_(static_cast<uint64_t>(options.seed), device),
      size_(std::min(options.batch_size, batches.count())),
      whole_(
          [this] {
            const Tensor rows =
                rows_.defined() ? rows_ : batches_.values().index_select(0, indices_);
            step_.run(batches_.assemble(rows, batches_.conditions(indices_), noise_), noise_);
          },
          noise_.generators(all_streams(batches, step)), tools.graph(options.records_steps())) {
  std::vector<int64_t> sizes = batches_.values().sizes().vec();
  sizes[0] = size_;
  if (!batches_.resident() && tools.make_feed) {
    feed_ = tools.make_feed(sizes, batches_.values().scalar_type());
    rows_ = at::empty(sizes, batches_.values().options().device(device));
  }
  const bool reads_images = batches_.resident() && whole_.has_graph();
  if (reads_images || (feed_ && batches_.conditional()))
    indices_ = at::zeros({size_}, at::TensorOptions(device).dtype(at::kLong));
  if (options.deterministic && device.is_cuda()) {
    log::info(
        "train.deterministic: no TF32 and only bit-for-bit reproducible operations; training is "
        "faster without it");
  }
}

double Stepper::run(const Tensor& order, int64_t first, int64_t count, int64_t step,
                    BatchPart part) {
  RECORD_FUNCTION("latent::step", c10::ArrayRef<const c10::IValue>{});
  noise_.move_to(step, part);
  const bool whole = indices_.defined() || rows_.defined();
  if (!whole || count != size_) return run_plainly(order.narrow(0, first, count));
  const Stopwatch feeding;
  feed(order, first);
  double spent = feeding.seconds();
  whole_.run();
  log_recording();
  if (feed_ && first + 2 * size_ <= order.size(0)) {  // while the device computes
    const Stopwatch sending;
    send(order, first + size_);
    spent += sending.seconds();
  }
  return spent;
}

double Stepper::run_plainly(const Tensor& indices) {
  const Stopwatch fetching;
  const Batch batch = batches_.fetch(indices, noise_);
  const double spent = fetching.seconds();
  step_.run(batch, noise_);
  return spent;
}

// Puts the batch where the recorded work reads it.
void Stepper::feed(const Tensor& order, int64_t first) {
  if (indices_.defined()) indices_.copy_(order.narrow(0, first, size_));
  if (!feed_) return;
  const bool expected = sent_order_.defined() && sent_order_.is_same(order) && sent_first_ == first;
  if (!expected) {
    if (sent_order_.defined()) feed_->receive(rows_);  // discards a batch of an abandoned order
    send(order, first);
  }
  feed_->receive(rows_);
  sent_order_ = Tensor();
}

void Stepper::send(const Tensor& order, int64_t first) {
  Tensor staged = feed_->stage();
  at::index_select_out(staged, batches_.values(), 0, order.narrow(0, first, size_));
  feed_->send();
  sent_order_ = order;
  sent_first_ = first;
}

// Logs once whether recording succeeded.
void Stepper::log_recording() {
  if (logged_ || (!whole_.recorded() && whole_.failure().empty())) return;
  logged_ = true;
  if (whole_.recorded()) {
    log::info("training steps are replayed as one CUDA graph");
  } else {
    log::warn("no CUDA graph, steps run operation by operation: {}", whole_.failure());
  }
}

}  // namespace latent
