#include "core/distributed/group_world.h"

#include <ATen/ATen.h>

#include <utility>
#include <vector>

#include "core/error.h"
#include "core/stopwatch.h"
#include "core/text/split.h"

namespace latent {
namespace {

constexpr std::chrono::milliseconds kLook{100};  // between two looks at the watch

// Keeps an adder whose destructor would wait for a sum that does not end; the process ends soon.
void abandon(std::unique_ptr<Adder> adder) {
  static auto* const abandoned = new std::vector<std::unique_ptr<Adder>>;
  if (adder) abandoned->push_back(std::move(adder));
}

}  // namespace

GroupWorld::GroupWorld(const Launch& launch, std::unique_ptr<Adder> cpu,
                       std::unique_ptr<Watch> watch)
    : launch_(launch), cpu_(std::move(cpu)), watch_(std::move(watch)) {}

GroupWorld::~GroupWorld() {
  if (!broken_) return;
  abandon(std::move(cpu_));
  abandon(std::move(gpu_));
}

void GroupWorld::sum(Tensor values) const {
  if (values.numel() == 0) return;
  const at::NoGradGuard no_grad;
  const bool on_host = values.is_cpu();
  if (!on_host && !gpu_) {
    const Tensor copy = values.cpu().contiguous();
    add(*cpu_, copy);
    values.copy_(copy);
    return;
  }
  const Tensor dense = values.contiguous();
  add(on_host ? *cpu_ : *gpu_, dense);
  if (!dense.is_same(values)) values.copy_(dense);
}

bool GroupWorld::any(bool mine) const {
  const Tensor count = at::full({1}, mine ? 1.0 : 0.0, at::kFloat);
  sum(count);
  return count.item<float>() > 0;
}

void GroupWorld::add(Adder& adder, const Tensor& values) const {
  const Stopwatch watch;
  try {
    adder.start(values);
    while (!adder.wait(kLook)) {
      const std::string complaint = watch_->complaint();
      if (complaint.empty()) continue;
      broken_ = true;
      throw Error(complaint);
    }
  } catch (const std::exception& failure) {
    if (std::exchange(broken_, true)) throw;
    throw Error(watch_->explain(first_line(failure.what())));
  }
  seconds_ += watch.seconds();
}

void GroupWorld::fail(const std::string& message) {
  broken_ = true;
  watch_->fail(first_line(message));
}

void GroupWorld::leave() { watch_->leave(); }

}  // namespace latent
