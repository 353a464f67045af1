// Sums on one of c10d's backends.
#pragma once

#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Work.hpp>

#include <utility>
#include <vector>

#include "core/distributed/group.h"

namespace latent {

class BackendAdder : public Adder {
 public:
  /// waits: whether the host waits for the sums; false for a GPU, whose stream waits.
  BackendAdder(c10::intrusive_ptr<c10d::Backend> backend, bool waits)
      : backend_(std::move(backend)), waits_(waits) {}

  void start(const Tensor& values) override {
    tensors_ = {values};
    work_ = backend_->allreduce(tensors_);
  }
  bool wait(std::chrono::milliseconds most) override {
    if (waits_) {
      try {
        work_->wait(most);
      } catch (const std::exception&) {
        if (!work_->isCompleted()) return false;  // only the time is over
        throw;
      }
    } else {
      work_->wait();
    }
    work_.reset();
    tensors_.clear();
    return true;
  }

 private:
  c10::intrusive_ptr<c10d::Backend> backend_;
  bool waits_;
  std::vector<Tensor> tensors_;
  c10::intrusive_ptr<c10d::Work> work_;
};

}  // namespace latent
