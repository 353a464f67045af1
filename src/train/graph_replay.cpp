#include "train/graph_replay.h"

#include <c10/util/Exception.h>

#include <utility>

#include "core/text/split.h"

namespace latent {

GraphReplay::GraphReplay(std::function<void()> work, std::vector<at::Generator> generators,
                         std::unique_ptr<DeviceGraph> graph)
    : work_(std::move(work)), generators_(std::move(generators)), graph_(std::move(graph)) {}

void GraphReplay::run() {
  if (graph_ && !recorded_ && rounds_ == kWarmUp) record();
  if (recorded_) {
    graph_->replay();
  } else if (graph_) {
    graph_->run(work_);
  } else {
    work_();
  }
  ++rounds_;
}

void GraphReplay::record() {
  try {
    graph_->capture(work_, generators_);
    recorded_ = true;
    return;
  } catch (const c10::Error& failure) {
    failure_ = first_line(failure.what_without_backtrace());
  } catch (const std::exception& failure) {
    failure_ = first_line(failure.what());
  }
  graph_.reset();
}

}  // namespace latent
